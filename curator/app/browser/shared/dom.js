// Small pieces that several modules put on the page, and what is kept in this browser.

export const element = (tag, className = "", text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });
export const bold = (text) => element("b", "", text);
const link = (href, text) => Object.assign(element("a", "", text), { href });
export const number = (value) => value.toLocaleString("en");
export const setText = (part, text) => { if (part.textContent !== text) part.textContent = text; };

export function button(title, hint, onClick) {
  const made = element("button");
  const line = element("span", "title");
  line.append(element("kbd"), element("span", "name", title));
  made.type = "button";
  made.title = hint;
  made.append(line, element("span", "hint", hint));
  // Said already by aria-keyshortcuts and by the title.
  for (const part of [line.firstChild, made.lastChild]) part.setAttribute("aria-hidden", "true");
  made.addEventListener("click", onClick);
  return made;
}

export function plainButton(text, onClick) {
  const made = Object.assign(element("button", "plain", text), { type: "button" });
  made.addEventListener("click", onClick);
  return made;
}

export const smallView = (api, face, alt) =>
  Object.assign(new Image(), { className: "small", loading: "lazy", decoding: "async", alt, src: `${api}/views/${face}` });

// The way on to another page, for those who may go there.
export const onward = (data, page, text) => (data.onward.includes(page) ? [link(page, text)] : []);

export function nameKey(made, printed, shortcut) {
  setText(made.querySelector("kbd"), printed);
  made.setAttribute("aria-keyshortcuts", shortcut);
}

// What a person prefers, never a label: where this browser keeps nothing, the default comes back.
export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
