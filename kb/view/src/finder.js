// The search box: a combobox whose list is the nodes that fit, best first.

import { swatch } from './card.js'
import { $, announce, counted, h } from './dom.js'

/** Wire the box; `find(text)` gives hits `{node, name}` (or a promise of them), `choose(hit)` takes one. */
export function finder(model, find, choose) {
  const input = $('q'), box = $('hits')
  let hits = [], at = -1, asked = 0
  const close = () => { box.hidden = true; input.setAttribute('aria-expanded', 'false'); mark(-1) }

  async function ask() {
    const text = input.value.trim(), turn = ++asked
    const found = text ? await find(text) : []
    if (turn !== asked) return // a later letter was typed
    hits = found
    box.replaceChildren(...hits.map((hit, i) => option(model(), hit, i, text, take)))
    if (!hits.length && text) box.append(h('li', { class: 'none', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, 'Nothing of that name'))
    box.hidden = !text
    input.setAttribute('aria-expanded', String(!box.hidden))
    mark(hits.length ? 0 : -1)
    if (text) announce(counted(hits.length, 'result'))
  }
  function mark(i) {
    at = i
    ;[...box.children].forEach((each, place) => each.setAttribute('aria-selected', String(place === i)))
    if (i < 0) return input.removeAttribute('aria-activedescendant')
    input.setAttribute('aria-activedescendant', `hit-${i}`)
    box.children[i].scrollIntoView({ block: 'nearest' })
  }
  function take(hit) { close(); input.value = ''; choose(hit) }

  input.addEventListener('input', ask)
  input.addEventListener('focus', () => { if (input.value) ask() })
  input.addEventListener('blur', () => setTimeout(close, 150)) // after the click that took the focus
  input.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && hits.length && !box.hidden) { event.preventDefault(); mark((at + step + hits.length) % hits.length) }
    else if (event.key === 'Enter' && hits[at] && !box.hidden) { event.preventDefault(); take(hits[at]) }
    else if (event.key === 'Escape') {
      event.stopPropagation()
      if (box.hidden) input.blur()
      else close()
    }
  })
}

function option(model, hit, i, text, take) {
  const other = hit.name !== hit.label
  return h('li', {
    id: `hit-${i}`, role: 'option', 'aria-selected': 'false', onmousedown: event => { event.preventDefault(); take(hit) },
  }, swatch(model, { label: hit.kind }), h('span', {}, strong(hit.label, text), other ? h('small', {}, strong(hit.name, text)) : null),
  h('span', { class: 'meta' }, hit.meta))
}

/** The text with what was typed in bold, where it stands there letter by letter. */
function strong(name, text) {
  const at = name.toLowerCase().indexOf(text.toLowerCase())
  return at < 0 || name.length !== name.toLowerCase().length ? [name]
    : [name.slice(0, at), h('b', {}, name.slice(at, at + text.length)), name.slice(at + text.length)]
}
