// The page: one state, drawn anew by `render` whenever `set` changes it.

import { card } from './card.js'
import { decode } from './data.js'
import { $, announce, counted, fill, h } from './dom.js'
import { draw } from './draw.js'
import { initial, tally, visible } from './filters.js'
import { finder } from './finder.js'
import { keyboard } from './keyboard.js'
import { read, write } from './link.js'
import { list } from './list.js'
import { drawable, map } from './map.js'
import { panel } from './panel.js'
import { scene } from './scene.js'
import { index, search } from './search.js'
import { ask, embedded } from './source.js'
import { notice, surround } from './surround.js'
import { theme } from './theme.js'
import { why } from './why.js'

let first // the payload that came with the page
let remote // whether more is to be had from a server
let model, start, names // what is loaded, its state at first, its names
let state, shown, now // what was chosen, what passes the filters, what is drawn
let view = null // the map, where the browser can draw one
let told = {} // what the card tells of
const parts = {}

/** Change the state. A `step` is one that the browser's back button undoes; `gentle` leaves the camera where it can. */
function set(patch, { step = false, gentle = false } = {}) {
  const { reset, ...rest } = patch
  const kept = reset ? { ...start, node: state.node, pair: state.pair, open: state.open, view: state.view, by: state.by } : state
  const last = state
  state = { ...kept, ...rest }
  if (!state.pair && state.node === null) state.hops = 0
  render(last, gentle)
  history[step ? 'pushState' : 'replaceState'](null, '', link())
}

const link = () => `#${write(model, state, start, view?.camera() ?? null)}`

const go = {
  node(i, gentle = false) {
    const { name, label, community } = model.nodes[i]
    const away = model.overview && state.open !== 'here' && !state.hops && community !== state.open
    set({ node: i, pair: null, ...(away ? { open: community, by: 'kind' } : {}) }, { step: true, gentle })
    announce(`${label} ${name}, ${counted(model.around[i].length, 'link')}`)
    $('card-name').focus({ preventScroll: true })
  },
  pair(a, b, gentle = false) {
    set({ pair: [a, b], node: null }, { step: true, gentle })
    announce(`Why ${model.nodes[a].name} and ${model.nodes[b].name}`)
    $('card-name').focus({ preventScroll: true })
  },
  hops: hops => set({ hops }),
  /** One community alone, or with the same one again all of them. */
  community: id => (model.overview ? open(id === state.open ? null : id) : set({ community: id === state.community ? null : id })),
  close() {
    const left = model.nodes[state.node ?? state.pair?.[0]]?.id
    set({ node: null, pair: null }, { step: true })
    announce('Closed')
    const row = left && document.querySelector(`#list [data-node="${CSS.escape(left)}"]`)
    ;(state.view === 'map' ? $('map') : row ?? $('list')).focus({ preventScroll: true })
  },
}

/** Open a community, or all of them with null. */
async function open(id) {
  await fetched(id === null ? first : () => ask('community', { id }))
  const by = id === null ? start.by : 'kind' // within a community its one colour tells nothing
  set({ open: id, by, node: null, pair: null, hops: 0, community: null }, { step: true })
  announce(id === null ? 'All communities' : `Community ${model.communities.get(id)?.name ?? ''}`)
}

/** Go to a node by its id, from the server where it is not here. */
async function reach(id) {
  if (!model.byId.has(id) && remote) {
    await fetched(() => ask('node', { id }))
    state = { ...state, open: 'here' }
  }
  if (model.byId.has(id)) go.node(model.byId.get(id))
  else notice('That is not in this graph.')
}

/** Load a payload of the server's, or the first one; a page that has everything needs none. */
async function fetched(from) {
  if (!remote) return
  try {
    document.body.classList.add('busy')
    load(typeof from === 'function' ? { ...(await from()), overview: first.overview } : from)
  } finally {
    document.body.classList.remove('busy')
  }
}

/** Take a filter, and say what is left. */
function filter(patch) {
  if ('community' in patch) go.community(patch.community)
  else set(patch)
  announce($('counts').textContent)
}

/** Make a payload the graph of the page. */
function load(payload) {
  model = decode(payload)
  start = { ...initial(model), view: view ? 'map' : 'list' }
  state = { ...start, view: state?.view ?? start.view }
  names = index(model)
  now = null
  parts.panel = panel($('panel'), model, filter)
  parts.list = list($('list'), model, go)
}

function render(last, gentle, camera = null) {
  shown = visible(model, state)
  now = scene(model, state, shown)
  const held = clipped()
  const counts = tally(model, held)
  document.body.classList.toggle('overview', now.kind === 'overview')
  parts.panel(state, counts)
  detail()
  surround({ model, state, now, held, counts, start, list: parts.list, open })
  const changed = !last || last.node !== state.node || String(last.pair) !== String(state.pair)
  if (view && state.view === 'map') draw(view, { model, state, now, shown, held, changed, gentle, camera })
}

/** What is shown of what the scene holds. */
function clipped() {
  if (!now.inside) return shown
  const nodes = shown.nodes.map((on, i) => (on && now.inside.has(i) ? 1 : 0))
  const edges = shown.edges.map((on, i) => (on && nodes[model.edges[i].source] && nodes[model.edges[i].target] ? 1 : 0))
  return { nodes, edges }
}

/** The card beside the map, made anew where it tells of something else. */
function detail() {
  const { node, pair, hops } = state
  const same = told.model === model && told.node === node && String(told.pair) === String(pair)
  if (same && told.hops === hops) return
  told = { model, node, pair, hops }
  const any = node !== null || pair !== null
  document.body.classList.toggle('open', any)
  $('card').hidden = !any
  const focused = document.activeElement.closest('.actions') && document.activeElement.textContent
  fill($('card-body'), pair ? why(model, pair, go) : any ? card(model, node, state, go) : null)
  if (!same) $('card-body').scrollTop = 0
  else [...document.querySelectorAll('.actions button')].find(each => each.textContent === focused)?.focus()
}

/** The state of the address, when the page opens and when the browser goes back or on. */
async function restore() {
  const text = location.hash.slice(1)
  let wanted = read(model, text, start)
  if (remote && (wanted.missing || wanted.state.open !== state.open)) {
    if (wanted.missing) await fetched(() => (wanted.pair ? ask('edge', wanted.pair) : ask('node', { id: wanted.missing })))
    else await fetched(wanted.state.open === null ? first : () => ask('community', { id: wanted.state.open }))
    wanted = read(model, text, start)
    if (!wanted.missing && wanted.state.open === null && model.nodes.length) wanted.state.open = 'here'
  }
  const last = now ? state : null
  state = wanted.state
  render(last, false, wanted.camera)
  if (wanted.missing) notice('What this link names is not in this graph.')
}

async function find(text) {
  if (remote) return (await ask('search', { q: text })).map(hit => ({ ...hit, kind: hit.label, label: hit.name, meta: hit.label }))
  return search(model, names, text).map(hit => {
    const { id, name, label, papers } = model.nodes[hit.node]
    return { id, name: hit.name, kind: label, label: name, meta: label === 'Paper' ? label : counted(papers ?? 0, 'paper') }
  })
}

function pick({ node, edge }) {
  if (now.kind === 'overview') {
    if (node !== undefined) open(model.overview.communities[node].id)
  } else if (node !== undefined) go.node(node, true)
  else if (edge !== undefined) go.pair(model.edges[edge].source, model.edges[edge].target, true)
  else if (state.node !== null || state.pair) go.close()
}

let waiting = 0
/** The camera goes into the address once it rests. */
function moved() {
  clearTimeout(waiting)
  waiting = setTimeout(() => history.replaceState(null, '', link()), 250)
}

function filtering(wanted) {
  document.body.classList.toggle('filtering', wanted)
  $('show-filters').setAttribute('aria-expanded', String(wanted))
  ;(wanted ? $('hide-filters') : $('show-filters')).focus()
}

function wire() {
  const on = (id, does) => $(id).addEventListener('click', does)
  on('to-map', () => set({ view: 'map' }))
  on('to-list', () => set({ view: 'list' }))
  on('close', go.close)
  on('back', () => history.back())
  on('in', () => view.zoom(1 / 1.6))
  on('out', () => view.zoom(1.6))
  on('fit', () => view.fit())
  on('reset', () => filter({ reset: true }))
  on('show-filters', () => filtering(true))
  on('hide-filters', () => filtering(false))
  on('show-help', () => $('help').showModal())
  addEventListener('unhandledrejection', event => notice(event.reason.message)) // a server that went away
  addEventListener('popstate', restore) // a new text behind the # is one too
}

async function begin() {
  first = await embedded()
  remote = Boolean(first.about.remote)
  $('title').textContent = first.about.name
  document.title = `${first.about.name} · citation graph`
  if (drawable()) view = map($('map'), { pick, moved })
  else fill($('map'), h('p', { class: 'quiet' }, 'This browser draws no WebGL: the list has everything.'))
  load(first)
  theme(() => render(state, true))
  wire()
  finder(() => model, find, hit => reach(hit.id))
  keyboard({ model: () => model, state: () => state, shown: () => clipped(), go, view: () => view, filtering })
  await restore()
  document.body.classList.add('ready')
  globalThis.kbView = { view: () => view, model: () => model } // for measurements, and for the curious
}

begin().catch(error => { notice(error.message); throw error })
