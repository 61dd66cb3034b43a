// Keeps `<time data-relative>` true. After a day the server writes a weekday: that stays true itself.

const LOOK_MS = 30_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function start() {
  const locale = document.querySelector("[data-locale]")?.dataset.locale;
  const format = new Intl.RelativeTimeFormat(locale, { style: "short" });
  const look = () => {
    for (const time of document.querySelectorAll("time[data-relative]")) write(time, format);
  };
  window.setInterval(look, LOOK_MS);
}

function write(time, format) {
  const passed = Math.round((Date.now() - Date.parse(time.dateTime)) / 1000);
  if (passed < MINUTE || passed >= DAY) return;
  const isHours = passed >= HOUR;
  const value = Math.round(passed / (isHours ? HOUR : MINUTE));
  const text = format.format(-value, isHours ? "hour" : "minute");
  if (time.textContent !== text) time.textContent = text;
}
