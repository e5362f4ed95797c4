type Attributes = Record<string, string | boolean | undefined>;

/** Makes an element; attributes that are `false` or `undefined` are left out, `true` is an empty one. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Shows or hides an element. */
export function show(element: HTMLElement, shown: boolean): void {
  element.hidden = !shown;
}

const MIC = "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3";

/** The picture of a microphone; the stroke through it is hidden by the style sheet while it is open. */
export function microphoneIcon(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const set = (element: Element, attributes: Record<string, string>) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  };
  set(svg, {
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "aria-hidden": "true",
  });
  for (const [d, name] of [
    [MIC, ""],
    ["M4 3l16 18", "visavis-stroke"],
  ] as const) {
    const path = document.createElementNS(svg.namespaceURI, "path");
    set(path, { d, class: name });
    svg.append(path);
  }
  return svg;
}
