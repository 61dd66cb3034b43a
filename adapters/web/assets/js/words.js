// What scripts say, in the page's language: the server writes all texts into `#words`.

export function word(name) {
  return document.getElementById("words")?.dataset[name] ?? "";
}

export function counted(name, n) {
  return word(`${name}${n === 1 ? "One" : "Many"}`).replace("{n}", String(n));
}

export const shopPath = () => document.querySelector("[data-shop]")?.dataset.shop ?? "";
