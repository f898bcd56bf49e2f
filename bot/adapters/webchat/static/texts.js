// The words of the page, from the same catalog as the bot's.

let texts = {};
let language = "zh_CN";

export const current = () => language;
export const tag = () => (language === "en" ? "en" : "zh-CN");

export async function load(wanted) {
  const answer = await fetch("api/texts", { headers: { "accept-language": wanted === "en" ? "en" : "zh-CN" } });
  ({ texts, language } = await answer.json());
  document.documentElement.lang = tag();
  document.title = t("webchat.title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}

export function t(id, fields = {}) {
  const forms = texts[id] ?? [id];
  const form = fields.count === 1 ? forms[0] : forms[forms.length - 1];
  return form.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}
