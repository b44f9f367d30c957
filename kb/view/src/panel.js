// The filters, which are the legend too: kinds, links, years, how many papers name an entity, communities.

import { h } from './dom.js'
import { initial, span } from './filters.js'
import { many, words } from './words.js'

/** Fill `box`; `set(patch)` changes the state. @returns `update(state, counts)`, which shows it. */
export function panel(box, model, set) {
  const total = counts(model)
  const parts = [colours, kinds, communities, named, years, links].map(part => part(model, total, set)).filter(Boolean)
  const reset = h('button', { type: 'button', class: 'wide', onclick: () => set({ reset: true }) }, 'Reset all filters')
  const hint = h('p', { class: 'quiet hint' }, 'Open a community, or search for a paper, a method or a dataset.')
  box.replaceChildren(hint, ...parts.map(part => part.element), reset)
  return (state, shown) => {
    for (const part of parts) part.update(state, shown)
    reset.disabled = !changed(model, state)
  }
}

/** Whether a filter is not as the page opens. */
export function changed(model, state) {
  const start = initial(model)
  return ['off', 'community', 'years', 'papers', 'chance', 'hops'].some(name => String(state[name]) !== String(start[name]))
}

function counts(model) {
  const made = new Map()
  const add = key => made.set(key, (made.get(key) ?? 0) + 1)
  for (const node of model.nodes) { add(node.label); add(node.community) }
  for (const edge of model.edges) add(edge.type)
  return made
}

const section = (title, ...children) => h('fieldset', {}, h('legend', {}, title), ...children)

/** A list of boxes to tick, one a key; `off` holds those that are not. */
function ticks(title, keys, total, set, { label, mark }) {
  let off = []
  const rows = keys.map(key => {
    const box = h('input', { type: 'checkbox', onchange: () => set({ off: box.checked ? off.filter(each => each !== key) : [...off, key] }) })
    const count = h('span', { class: 'count' })
    return { key, box, count, element: h('label', { class: 'tick' }, box, mark?.(key), h('span', {}, label(key)), count) }
  })
  return {
    element: section(title, rows.map(row => row.element)),
    update(state, shown) {
      off = state.off
      for (const { key, box, count } of rows) {
        box.checked = !off.includes(key)
        count.textContent = of(shown.get(key) ?? 0, total.get(key))
      }
    },
  }
}

const of = (shown, total) => (shown === total ? total.toLocaleString('en') : `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`)

function kinds(model, total, set) {
  const keys = model.labels.filter(label => total.has(label))
  const mark = label => h('i', { class: label === 'Paper' ? 'swatch square' : 'swatch', colour: model.colours[label], 'aria-hidden': 'true' })
  const made = ticks('Kinds', keys, total, set, { label: many, mark })
  // Where colours mean communities, only the shapes tell of kinds.
  return { ...made, update(state, shown) { made.update(state, shown); made.element.classList.toggle('plain', state.by === 'community') } }
}

function links(model, total, set) {
  const made = ticks('Links', model.types, total, set, { label: type => sentence(words(type).verb) })
  if (!model.weighed) return made
  const box = h('input', { type: 'checkbox', onchange: () => set({ chance: box.checked }) })
  made.element.append(h('label', { class: 'tick apart' }, box, h('span', {}, `More than chance (p ≤ ${model.cut})`)))
  const update = made.update
  return { element: made.element, update(state, shown) { update(state, shown); box.checked = state.chance } }
}

const sentence = text => text[0].toUpperCase() + text.slice(1)

/** A slider with its name and value, over the places of `values`. */
function slider(name, values, text, change) {
  const value = h('output', {})
  const input = h('input', { type: 'range', min: 0, max: values.length - 1, step: 1, 'aria-label': name })
  const tell = () => { value.textContent = text(values[input.value]); input.setAttribute('aria-valuetext', value.textContent) }
  input.addEventListener('input', () => { tell(); change(values[input.value]) })
  return {
    element: h('label', { class: 'slide' }, h('span', {}, name), value, input),
    put(wanted) { input.value = values.indexOf(wanted); tell() },
  }
}

/** Entities by how many papers name them: few is noise, many are hubs that join everything. */
function named(model, total, set) {
  const values = [...new Set(model.nodes.filter(node => node.label !== 'Paper').map(node => node.papers ?? 0))].sort((a, b) => a - b)
  if (values.length < 2) return null
  const last = values.at(-1)
  let now = [values[0], Infinity]
  const low = slider('at least', values, String, value => set({ papers: [value, Math.max(value, now[1])] }))
  const high = slider('at most', values, value => (value === last ? 'all' : String(value)),
    value => set({ papers: [Math.min(now[0], value), value === last ? Infinity : value] }))
  const place = value => values.findLast(each => each <= value) ?? values[0]
  return {
    element: section('Papers that name an entity', low.element, high.element),
    update(state) {
      now = state.papers
      low.put(values.find(each => each >= now[0]) ?? last)
      high.put(now[1] === Infinity ? last : place(now[1]))
    },
  }
}

function years(model, total, set) {
  const all = span(model)
  if (!all || all[0] === all[1]) return null
  const values = Array.from({ length: all[1] - all[0] + 1 }, (_, i) => all[0] + i)
  let now = all
  const change = wanted => set({ years: String(wanted) === String(all) ? null : wanted })
  const low = slider('from', values, String, value => change([value, Math.max(value, now[1])]))
  const high = slider('to', values, String, value => change([Math.min(now[0], value), value]))
  return {
    element: section('Years of papers', low.element, high.element),
    update(state) { now = state.years ?? all; low.put(now[0]); high.put(now[1]) },
  }
}

/** What colours mean. */
function colours(model, total, set) {
  if (!model.communities.size) return null
  const buttons = ['community', 'kind'].map(by => h('button', { type: 'button', 'data-by': by, onclick: () => set({ by }) }, sentence(by)))
  return {
    element: section('Colours', h('div', { class: 'switch' }, buttons)),
    update(state) { for (const button of buttons) button.setAttribute('aria-pressed', String(state.by === button.dataset.by)) },
  }
}

/** Communities, largest first; a click leaves one alone, another brings the others back. */
function communities(model, total, set) {
  if (!model.communities.size) return null
  const rows = [...model.communities.values()].sort((a, b) => b.papers - a.papers || a.id - b.id).map(each => {
    const button = h('button', { type: 'button', class: 'tick', title: each.name, onclick: () => set({ community: each.id }) },
      h('i', { class: 'swatch', colour: each.colour, 'aria-hidden': 'true' }), h('span', { class: 'one' }, each.name),
      h('span', { class: 'count' }, String(each.papers || each.nodes)))
    return { id: each.id, button }
  })
  const box = h('div', { class: 'scroll' }, rows.map(row => row.button))
  return {
    element: section('Communities', box),
    update(state) {
      const now = state.community ?? state.open
      box.classList.toggle('plain', state.by !== 'community')
      for (const { id, button } of rows) button.setAttribute('aria-pressed', String(now === id))
    },
  }
}
