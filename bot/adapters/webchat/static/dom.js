// Builds elements; text always goes in as text, never as markup.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const find = (id) => document.getElementById(id);

export const prefersCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Bring an element of a chat to its middle; scrollIntoView would move the whole page as well.
export function reveal(element) {
  const log = element.closest(".log");
  if (!log) return;
  const place = element.getBoundingClientRect();
  const frame = log.getBoundingClientRect();
  log.scrollTop += place.top - frame.top - (frame.height - place.height) / 2;
}

export const isPhone = () => matchMedia("(width < 760px)").matches;

const PREFIXES = "小阿老大";

export function avatar(person, store) {
  if (!person) return make("span", { class: "avatar bot", "aria-hidden": "true" });
  const letters = [...person.name];
  const letter = letters.length > 1 && PREFIXES.includes(letters[0]) ? letters[1] : letters[0];
  const place = store.people.findIndex((one) => one.id === person.id);
  const hue = place < 0 ? letter.codePointAt(0) : place;
  return make("span", { class: `avatar hue-${hue % 5}`, "aria-hidden": "true" }, letter.toUpperCase());
}

// Some signs come black and small unless they are asked to be an emoji.
export const coloured = (emoji) => (/^\p{Emoji}$/u.test(emoji) && !/^\p{Emoji_Presentation}$/u.test(emoji) ? `${emoji}\ufe0f` : emoji);
