// Elements made by hand: text reaches the page as text nodes only, so that no title can be markup.

/** An element: `on*` properties listen, `class`, `aria-*` and the like are attributes, false and null are left out. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'colour') element.style.setProperty('--colour', value) // the CSSOM is open under our CSP, style="" is not
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false))
  return element
}

export const $ = id => document.getElementById(id)

/** Put new children into an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false))
  return element
}

/** Tell those who listen rather than look. */
export function announce(text) {
  $('live').textContent = text
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

const plural = { entity: 'entities', 'shared entity': 'shared entities', community: 'communities' }

/** `1 paper`, `3,506 entities`. */
export function counted(number, noun) {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : (plural[noun] ?? noun + 's')}`
}

/** A text in parts: `marks` are `[start, end, make]`, sorted and apart; `make(text)` gives the element of a part. */
export function marked(text, marks) {
  const parts = []
  let at = 0
  for (const [start, end, make] of marks) {
    if (start < at || end > text.length) continue
    parts.push(text.slice(at, start), make(text.slice(start, end)))
    at = end
  }
  return [...parts, text.slice(at)]
}
