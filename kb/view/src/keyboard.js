// Keys: everything that a mouse can do, and the help that tells of them.

import { near } from './map.js'
import { $, announce } from './dom.js'

const typing = target => target.matches('input:not([type=checkbox], [type=range]), select, textarea')

/** Listen; `app` has `model()`, `state()`, `shown()`, `view()`, `go` and `filtering`. */
export function keyboard(app) {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || $('help').open) return
    if (event.key === 'Escape') return escape(app)
    if (typing(event.target)) return
    if (event.key === '/') { event.preventDefault(); $('q').focus() }
    if (event.key === '?') $('help').showModal()
  })
  $('map').addEventListener('keydown', event => onMap(app, event))
}

function escape({ state, go, filtering }) {
  if (document.body.classList.contains('filtering')) filtering(false)
  else if (state().node !== null || state().pair) go.close()
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
let at = null // the node that the arrows point at, and from where
let from = null

function onMap({ model, state, shown, go, view }, event) {
  const step = STEPS[event.key]
  if (event.key === '+' || event.key === '=') view().zoom(1 / 1.6)
  else if (event.key === '-') view().zoom(1.6)
  else if (event.key === '0') view().fit()
  else if (event.key === 'Enter' && at !== null) { const node = at; at = from = null; go.node(node) }
  else if (step) walk(model(), state(), shown(), view(), step)
  else return
  event.preventDefault()
}

/** Point at the next neighbour of the chosen node, heaviest first; with none chosen, at the best linked nodes. */
function walk(model, state, shown, view, step) {
  const chosen = state.pair ?? (state.node === null ? [] : [state.node])
  const key = String(chosen)
  const ring = chosen.length ? [...near(model, chosen, shown).keys()]
    : model.nodes.filter(node => shown.nodes[node.i]).sort((a, b) => b.links - a.links || a.i - b.i).slice(0, 200).map(node => node.i)
  if (!ring.length) return announce('No neighbour is shown')
  const place = from === key ? ring.indexOf(at) : -1
  at = ring[place < 0 ? (step > 0 ? 0 : ring.length - 1) : (place + step + ring.length) % ring.length]
  from = key
  const { name, label } = model.nodes[at]
  view?.point(at)
  announce(`${name}, ${label}, ${ring.indexOf(at) + 1} of ${ring.length}. Enter opens it.`)
}
