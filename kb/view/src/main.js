// The page: one state, drawn anew by `render` whenever `set` changes it.

import { card } from './card.js'
import { decode } from './data.js'
import { $, announce, counted, fill, h } from './dom.js'
import { initial, tally, visible } from './filters.js'
import { finder } from './finder.js'
import { keyboard } from './keyboard.js'
import { read, write } from './link.js'
import { list } from './list.js'
import { bounds, drawable, map, near, regions, rows } from './map.js'
import { overview } from './overview.js'
import { changed, panel } from './panel.js'
import { scene } from './scene.js'
import { index, search } from './search.js'
import { ask, embedded } from './source.js'
import { ink, mix, theme } from './theme.js'
import { why } from './why.js'

const NO_CAMERA = 'camera'
let model, state, start, names, shown, now, draw, remote, first
const parts = {}

/** Change the state; a new selection or scene is a step that the browser's back button undoes. */
function set(patch, { step = false, camera = false } = {}) {
  const last = state
  const { reset, ...rest } = patch
  state = reset ? { ...start, node: state.node, pair: state.pair, open: state.open, view: state.view, by: state.by } : { ...state, ...rest }
  if (!state.pair && state.node === null) state.hops = 0
  render(last, camera)
  const link = `#${write(model, state, start, camera === NO_CAMERA ? null : seen())}`
  history[step ? 'pushState' : 'replaceState'](null, '', link)
}

const seen = () => {
  const camera = draw?.camera()
  return camera && !(camera.x === 0.5 && camera.y === 0.5 && camera.ratio === 1) ? camera : null
}

const go = {
  node(i, camera = false) {
    const { id, name, label, community } = model.nodes[i]
    const away = model.overview && state.open !== 'here' && (state.open === null || state.hops === 0) && community !== state.open
    set({ node: i, pair: null, ...(away ? { open: community, hops: 0 } : {}) }, { step: true, camera })
    announce(`${label} ${name}, ${counted(model.around[i].length, 'link')}`)
    focusCard()
    return id
  },
  pair(a, b, camera = false) {
    set({ pair: [a, b], node: null }, { step: true, camera })
    announce(`Why ${model.nodes[a].name} and ${model.nodes[b].name}`)
    focusCard()
  },
  hops: hops => set({ hops }),
  async community(id) {
    if (!model.overview) return set({ community: state.community === id ? null : id })
    await open(id)
  },
  close() {
    const left = state.node ?? state.pair?.[0] ?? null
    set({ node: null, pair: null }, { step: true, camera: null })
    if (left !== null) announce('Closed')
    ;(state.view === 'list' ? document.querySelector(`#list [data-node="${CSS.escape(model.nodes[left]?.id ?? '')}"]`) ?? $('list') : $('map')).focus({ preventScroll: true })
  },
}

const focusCard = () => $('card-name')?.focus({ preventScroll: true })

/** Open a community, or all of them with null. */
async function open(id) {
  if (remote && id !== null) load({ ...(await ask('community', { id })), overview: model.overview })
  else if (remote) load(first)
  set({ open: id, node: null, pair: null, hops: 0, community: null }, { step: true })
  announce(id === null ? 'All communities' : `Community ${model.communities.get(id)?.name ?? ''}`)
}

/** Take what a search or a link names, from the server where it is not here. */
async function reach(id) {
  if (!model.byId.has(id) && remote) {
    load({ ...(await ask('node', { id })), overview: model.overview })
    state = { ...state, open: 'here', community: null }
  }
  if (model.byId.has(id)) go.node(model.byId.get(id))
  else notice('That is not in this graph.')
}

function render(last, camera) {
  shown = visible(model, state)
  const next = scene(model, state)
  const other = !now || now.key !== next.key || last === null
  now = next
  const counts = tally(model, clipped())
  parts.panel(state, counts)
  detail(last)
  surround(counts)
  if (draw && state.view === 'map') drawScene(other, camera)
}

/** What is shown of what the scene holds. */
function clipped() {
  if (!now.inside) return shown
  const nodes = shown.nodes.map((on, i) => (on && now.inside.has(i) ? 1 : 0))
  return { nodes, edges: shown.edges.map((on, i) => (on && nodes[model.edges[i].source] && nodes[model.edges[i].target] ? 1 : 0)) }
}

function drawScene(other, camera) {
  if (now.kind === 'overview') {
    if (other) { const made = overview(model.overview); draw.scene(made.nodes, made.edges, made.bounds) }
    draw.show({ shown: null, focus: null, near: null, colour: (i, ink) => (model.overview.communities[i].colour ?? ink.line) })
  } else {
    if (other) {
      const inside = now.inside ? node => now.inside.has(node.i) : () => true
      const made = rows(model, inside)
      const main = model.nodes.filter(node => inside(node) && (now.inside || (node.papers ?? 2) > 1))
      draw.scene(made.nodes, made.edges, bounds(main.length > 1 ? main : model.nodes))
    }
    const chosen = state.pair ?? (state.node === null ? null : [state.node])
    const close = chosen ? near(model, chosen, shown) : null
    draw.show({ shown: i => shown.nodes[i], links: i => shown.edges[i], focus: chosen && new Set(chosen), near: close, colour: paint, tint: tints(), signs: chosen ? [] : regions(model, clipped().nodes) })
    if (chosen && camera === false) draw.look([...chosen, ...[...close.keys()].slice(0, state.hops ? 200 : 12)], { closer: true })
    if (chosen && camera === 'here') draw.look(chosen)
  }
  if (other && camera === false) draw.fit()
}

function paint(i, ink) {
  const node = model.nodes[i]
  return state.by === 'community' ? model.communities.get(node.community)?.colour ?? ink.grey : model.colours[node.label]
}

/** What an edge is drawn with: within a community a shade of its colour. */
function tints() {
  if (state.by !== 'community') return () => null
  const { back } = ink()
  const shades = new Map([...model.communities.values()].map(each => [each.id, mix(each.colour, back, 0.62)]))
  return i => {
    const { source, target } = model.edges[i]
    return model.nodes[source].community === model.nodes[target].community ? shades.get(model.nodes[source].community) ?? null : null
  }
}

/** The card beside the map. */
function detail(last) {
  const same = last && last.node === state.node && String(last.pair) === String(state.pair)
  const box = $('card'), body = $('card-body')
  const any = state.node !== null || state.pair !== null
  document.body.classList.toggle('open', any)
  box.hidden = !any
  if (!any) return body.replaceChildren()
  fill(body, state.pair ? why(model, state.pair, go) : card(model, state.node, state, go))
  if (!same) body.scrollTop = 0
}

/** Counts, crumbs, list, and what to say where nothing is left. */
function surround(counts) {
  const within = clipped()
  const total = within.nodes.reduce((sum, on) => sum + on, 0)
  const listed = state.view === 'list'
  const overviewed = now.kind === 'overview'
  $('to-map').setAttribute('aria-pressed', String(!listed))
  $('to-list').setAttribute('aria-pressed', String(listed))
  $('list').hidden = !listed
  $('map').hidden = listed
  $('zoom').hidden = listed
  if (listed) overviewed ? communityList() : parts.list(within.nodes, state.node)
  $('empty').hidden = overviewed || total > 0
  const links = within.edges.reduce((sum, on) => sum + on, 0)
  $('counts').textContent = overviewed
    ? `${counted(model.overview.communities.length, 'community')} · ${counted(model.about.nodes, 'node')}`
    : `${counted(counts.get('Paper') ?? 0, 'paper')} · ${counted(total - (counts.get('Paper') ?? 0), 'entity')} · ${counted(links, 'link')}`
  crumbs()
  $('narrowed').hidden = !changed(model, state)
}

function communityList() {
  fill($('list'), h('ul', { class: 'rows' }, model.overview.communities.map(each => h('li', {},
    h('button', { type: 'button', class: 'go', onclick: () => open(each.id) }, h('i', { class: 'swatch', colour: each.colour }), h('span', {}, each.name),
      h('span', { class: 'meta' }, counted(each.papers, 'paper')))))))
  parts.list = list(h('div'), model, go)
}

function crumbs() {
  const box = $('crumbs')
  box.hidden = !model.overview
  if (!model.overview) return
  const name = now.kind === 'community' ? model.communities.get(state.open)?.name : now.kind === 'around' || state.open === 'here' ? 'Neighbourhood' : null
  fill(box, now.kind === 'overview' ? h('span', {}, 'All communities') : h('button', { type: 'button', onclick: () => open(null) }, 'All communities'),
    name ? [h('span', { 'aria-hidden': 'true' }, '›'), h('span', {}, name)] : null,
    now.cut ? h('span', { class: 'quiet' }, `the ${(now.inside.size).toLocaleString('en')} best linked of ${(now.inside.size + now.cut).toLocaleString('en')}`) : null)
}

function notice(text) {
  fill($('notice'), text)
  $('notice').hidden = false
  announce(text)
  setTimeout(() => { $('notice').hidden = true }, 5000)
}

function pick({ node, edge }) {
  if (now.kind === 'overview') {
    if (node !== undefined) open(model.overview.communities[node].id)
  } else if (node !== undefined) go.node(node, 'here')
  else if (edge !== undefined) go.pair(model.edges[edge].source, model.edges[edge].target, 'here')
  else if (state.node !== null || state.pair) go.close()
}

/** Make a payload the graph of the page. */
function load(payload) {
  model = decode(payload)
  start = initial(model)
  state = { ...start, view: state?.view ?? 'map', by: state?.by ?? 'kind' }
  names = index(model)
  now = null
  parts.panel = panel($('panel'), model, patch => set(patch, { camera: null }))
  parts.list = list($('list'), model, go)
}

async function restore() {
  const { state: wanted, camera, missing } = read(model, location.hash.slice(1), start)
  if (missing && remote) return reach(missing)
  if (remote && wanted.open !== null && wanted.open !== state.open) load({ ...(await ask('community', { id: wanted.open })), overview: model.overview })
  const again = read(model, location.hash.slice(1), start).state
  const last = state
  state = again
  render(now ? last : null, camera ?? (again.node !== null ? false : null))
  if (camera) draw?.place(camera)
  if (missing) notice('What this link names is not in this graph.')
}

async function find(text) {
  if (remote) return (await ask('search', { q: text })).map(hit => ({ ...hit, kind: hit.label, label: hit.name, meta: hit.label }))
  return search(model, names, text).map(hit => {
    const node = model.nodes[hit.node]
    return { ...hit, id: node.id, kind: node.label, label: node.name, meta: node.label === 'Paper' ? node.label : counted(node.papers ?? 0, 'paper') }
  })
}

let waiting = 0
/** The camera goes into the address once it rests. */
function moved() {
  clearTimeout(waiting)
  waiting = setTimeout(() => history.replaceState(null, '', `#${write(model, state, start, seen())}`), 250)
}

function wire() {
  $('to-map').addEventListener('click', () => set({ view: 'map' }, { camera: null }))
  $('to-list').addEventListener('click', () => set({ view: 'list' }, { camera: null }))
  $('close').addEventListener('click', go.close)
  $('back').addEventListener('click', () => history.back())
  $('in').addEventListener('click', () => draw.zoom(1 / 1.6))
  $('out').addEventListener('click', () => draw.zoom(1.6))
  $('fit').addEventListener('click', () => draw.fit())
  $('reset').addEventListener('click', () => set({ reset: true }))
  for (const id of ['show-filters', 'hide-filters']) $(id).addEventListener('click', () => filtersOpen(id === 'show-filters'))
  $('show-help').addEventListener('click', () => $('help').showModal())
  addEventListener('popstate', restore)
  addEventListener('hashchange', restore)
}

function filtersOpen(wanted) {
  document.body.classList.toggle('filtering', wanted)
  $('show-filters').setAttribute('aria-expanded', String(wanted))
  ;(wanted ? $('filters').querySelector('input, button') : $('show-filters')).focus()
}

async function begin() {
  first = await embedded()
  remote = Boolean(first.about.remote)
  $('title').textContent = first.about.name
  document.title = `${first.about.name} · citation graph`
  load(first)
  if (drawable()) draw = map($('map'), { pick, moved })
  else { fill($('map'), h('p', { class: 'quiet' }, 'This browser draws no WebGL: the list has everything.')); start.view = state.view = 'list' }
  theme(() => render(state, null))
  wire()
  finder(() => model, find, hit => reach(hit.id))
  keyboard({ model: () => model, state: () => state, shown: () => shown, go, draw: () => draw, filtersOpen })
  await restore()
  document.body.classList.add('ready')
  globalThis.kbView = { model: () => model, state: () => state, draw: () => draw, set } // for tests, and for the curious
}

begin().catch(error => { notice(error.message); throw error })
