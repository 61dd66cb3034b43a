// From text to elements. The rule to know: HTML comes from our own server only, through this policy.

const policy = window.trustedTypes?.createPolicy("app", { createHTML: (html) => html }) ?? {
  createHTML: (html) => html,
};

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

export function fromTemplate(id) {
  return document.getElementById(id).content.cloneNode(true);
}
