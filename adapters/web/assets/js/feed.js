// One stream of news per browser and shop, shared by its tabs.
// The rule to know: of the visible tabs one holds the lock and the stream, and tells all others; while
// none is visible there is no stream, for a browser opens few connections to one host.

const GAP_MS = 2000;
const AGAIN_MS = 10_000;
const EVENTS = ["attention", "order", "orders"];

/** Hears { name, data } of: attention, order, orders, state (live | reconnecting | offline), missed. */
export function listen(shopPath, hear) {
  new Feed(shopPath, hear).follow();
}

class Feed {
  #url;
  #hear;
  #channel;
  #source = null;
  #state = "";
  #count = null;
  #silentSince = 0;
  #giveUp = null;

  constructor(shopPath, hear) {
    this.#url = `${shopPath}/live`;
    this.#hear = hear;
    this.#channel = new BroadcastChannel(`live:${shopPath}`);
  }

  follow() {
    this.#channel.onmessage = ({ data: message }) => this.#told(message);
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("pagehide", () => this.#giveUp?.());
    window.addEventListener("pageshow", () => this.#look());
    window.addEventListener("online", () => this.#reopen());
    window.addEventListener("offline", () => this.#source && this.#tell("state", "offline"));
    this.#look();
  }

  #look() {
    if (document.visibilityState === "hidden") return this.#giveUp?.();
    this.#channel.postMessage({ name: "who" });
    if (!this.#giveUp) this.#wait();
  }

  /** Waits for the lock, opens the stream, and holds both until the tab is hidden. */
  #wait() {
    const waiting = new AbortController();
    this.#giveUp = () => {
      this.#giveUp = null;
      waiting.abort();
    };
    const hold = () => new Promise((release) => this.#begin(release, waiting.signal));
    if (!navigator.locks) return void hold(); // a page that was not served over TLS has no locks
    navigator.locks.request(`live:${this.#url}`, { signal: waiting.signal }, hold).catch(() => {});
  }

  #begin(release, signal) {
    if (signal.aborted) return release();
    this.#open();
    signal.addEventListener("abort", () => {
      this.#source.close();
      this.#source = null;
      this.#told({ name: "closed" });
      this.#channel.postMessage({ name: "closed" });
      release();
    });
  }

  #open() {
    const source = new EventSource(this.#url);
    this.#source = source;
    source.onopen = () => this.#tell("state", "live");
    source.onerror = () => this.#failed(source);
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => this.#tell(name, JSON.parse(event.data)));
    }
  }

  #failed(source) {
    const isOver = source.readyState === EventSource.CLOSED;
    this.#tell("state", isOver || !navigator.onLine ? "offline" : "reconnecting");
    if (isOver) window.setTimeout(() => source === this.#source && this.#reopen(), AGAIN_MS);
  }

  #reopen() {
    if (!this.#source) return;
    this.#source.close();
    this.#open();
  }

  #tell(name, data) {
    this.#told({ name, data });
    this.#channel.postMessage({ name, data });
  }

  #told({ name, data }) {
    if (name === "who") return this.#answer();
    if (name === "closed") return void (this.#silentSince ||= Date.now());
    if (name === "attention") this.#count = data;
    if (name === "state") return this.#became(data);
    this.#hear({ name, data });
  }

  /** Tells a tab that has come lately what is known, without asking the server. */
  #answer() {
    if (!this.#source || !this.#state) return;
    this.#channel.postMessage({ name: "state", data: this.#state });
    if (this.#count) this.#channel.postMessage({ name: "attention", data: this.#count });
  }

  #became(state) {
    const isAgain = state === "live" && this.#silentSince > 0;
    if (isAgain && Date.now() - this.#silentSince > GAP_MS) this.#hear({ name: "missed" });
    if (state === "live") this.#silentSince = 0;
    else this.#silentSince ||= 1;
    this.#state = state;
    this.#hear({ name: "state", data: state });
  }
}
