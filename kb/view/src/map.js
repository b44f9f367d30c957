// The drawing: a sigma.js view of the nodes of one scene.

import { MultiGraph } from 'graphology'
import Sigma from 'sigma'
import { NodeCircleProgram } from 'sigma/rendering'
import { NodeSquareProgram } from '@sigma/node-square'
import { across } from './data.js'
import { calm, h } from './dom.js'
import { writer } from './labels.js'
import { ink, mix } from './theme.js'

const NEUTRAL = { shown: null, links: null, focus: null, near: null, colour: () => '#888888', tint: () => null, signs: [], rings: false }
const FAR = 0.5 // camera ratio from which regions bear names, and nodes do not

/** Squares with our own labels. */
class Square extends NodeSquareProgram {
  drawLabel = undefined
  drawHover = undefined
}

const NAMED = 60 // neighbours of the chosen node whose names are written where there is room

/** Whether this browser can draw. */
export function drawable() {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext() // a page has few of them
  return Boolean(context)
}

/**
 * A map in `box`. `pick` hears of clicks: `{node}`, `{edge}` or `{}`; `moved` of the camera.
 * @returns `{scene, show, place, camera, look, zoom, kill}`.
 */
export function map(box, { pick, moved }) {
  const graph = new MultiGraph()
  const view = { ...NEUTRAL, hover: null, over: null, ink: ink() }
  const pen = writer(() => view.ink)
  const sigma = new Sigma(graph, box, {
    allowInvalidContainer: true, enableEdgeEvents: true, zIndex: true, itemSizesReference: 'screen',
    minCameraRatio: 0.01, maxCameraRatio: 3, labelRenderedSizeThreshold: 5.5, labelDensity: 0.6, labelGridCellSize: 110,
    labelFont: 'system-ui, sans-serif', labelSize: 12, stagePadding: 40, zoomToSizeRatioFunction: ratio => ratio ** 0.36, defaultEdgeType: 'line',
    nodeProgramClasses: { circle: NodeCircleProgram, square: Square },
    nodeReducer: (key, data) => reduceNode(view, Number(key), data),
    edgeReducer: (key, data) => reduceEdge(view, graph, Number(key), data),
    defaultDrawNodeLabel: (context, data, settings) => {
      if (!view.signs.length || data.forceLabel || sigma.getCamera().ratio < FAR) pen.label(context, data, settings)
    },
    defaultDrawNodeHover: pen.hover,
  })
  listen(sigma, view, box, { pick, moved })
  sigma.on('beforeRender', () => {
    pen.begin()
    for (const key of view.focus ?? []) reserve(sigma, pen, key)
  })
  lighten(sigma)
  const names = signs(sigma, box)
  new ResizeObserver(() => {
    const { width, height } = sigma.getDimensions()
    if (box.clientWidth === width && box.clientHeight === height) return
    sigma.resize()
    sigma.refresh({ skipIndexation: true })
  }).observe(box)
  return {
    /** Draw other nodes: rows for graphology, and the box `{x: [,], y: [,]}` that fills the view. */
    scene(nodes, edges, bounds) {
      Object.assign(view, NEUTRAL) // adding a node asks for its looks, and the old rules know none of these
      graph.clear()
      const scale = Math.min(1, Math.max(0.5, Math.sqrt(Math.min(box.clientWidth, box.clientHeight * 1.2) / 760)))
      nodes.forEach(([key, data]) => graph.addNode(key, { ...data, size: data.size * scale }))
      edges.forEach(([key, source, target, data]) => graph.addEdgeWithKey(key, source, target, data))
      view.dense = edges.length > DENSE
      sigma.setCustomBBox(bounds)
    },
    /** Show by other rules: `{shown, focus, near, links, colour}`. */
    show(rules) {
      Object.assign(view, NEUTRAL, rules, { ink: ink() })
      sigma.resize()
      names(view.signs)
      sigma.refresh({ skipIndexation: false })
    },
    /** Bring nodes into view; `keep` leaves the camera alone where they already are. */
    look: (keys, options) => look(sigma, keys, options),
    zoom: factor => move(sigma, { ratio: sigma.getCamera().ratio * factor }),
    fit: () => move(sigma, { x: 0.5, y: 0.5, ratio: 1, angle: 0 }),
    /** Where the camera is; null where it shows everything. */
    camera() {
      const { x, y, ratio } = sigma.getCamera().getState()
      return x === 0.5 && y === 0.5 && ratio === 1 ? null : { x, y, ratio }
    },
    place: state => sigma.getCamera().setState({ ...state, angle: 0 }),
    /** Point at a node, as a hover does. */
    point(key) {
      view.hover = key
      sigma.refresh({ skipIndexation: true })
      look(sigma, [key])
    },
    onScreen: key => sigma.framedGraphToViewport(sigma.getNodeDisplayData(key)),
    graph,
    sigma,
  }
}

const DENSE = 400 // lines beyond which each one is drawn faintly
const SLOW = 70 // milliseconds from frame to frame that make a map drag its feet

/** Where frames come slowly while the map moves (no graphics card), lines wait until it rests. */
function lighten(sigma) {
  let last = 0, slow = 0
  sigma.on('afterRender', () => {
    const now = performance.now(), gap = now - last
    last = now
    if (gap > 1000) return // it rested
    slow = gap > SLOW ? slow + 1 : Math.max(0, slow - 1)
    if (slow > 6) sigma.setSetting('hideEdgesOnMove', true)
  })
}

/** Keep the room of a chosen node's name before others are written. */
function reserve(sigma, pen, key) {
  const data = sigma.getNodeDisplayData(key)
  if (!data || data.hidden) return
  const at = sigma.framedGraphToViewport(data)
  pen.reserve(sigma.getCanvases().labels.getContext('2d'), { ...data, ...at, size: sigma.scaleSize(data.size) }, sigma.getSettings())
}

/** Names written over regions of the map, while it is seen from afar: those of larger ones, as far as there is room. */
function signs(sigma, box) {
  const layer = box.appendChild(h('div', { id: 'names', 'aria-hidden': 'true' }))
  let all = []
  const put = () => {
    const far = sigma.getCamera().ratio >= FAR
    const taken = []
    for (const { x, y, element } of all) {
      const at = sigma.graphToViewport({ x, y })
      const [width, height] = [element.offsetWidth / 2 + 6, element.offsetHeight / 2 + 4]
      const free = far && taken.every(other => Math.abs(other.x - at.x) > other.width + width || Math.abs(other.y - at.y) > other.height + height)
      element.style.visibility = free ? 'visible' : 'hidden'
      element.style.left = `${at.x}px`
      element.style.top = `${at.y}px`
      if (free) taken.push({ ...at, width, height })
    }
  }
  sigma.on('afterRender', put)
  return wanted => {
    all = wanted.map(sign => ({ ...sign, element: h('span', {}, sign.name) }))
    layer.replaceChildren(...all.map(sign => sign.element))
  }
}

function listen(sigma, view, box, { pick, moved }) {
  const hover = key => {
    view.hover = key === null ? null : Number(key)
    sigma.refresh({ skipIndexation: true })
  }
  sigma.on('clickNode', ({ node }) => pick({ node: Number(node) }))
  sigma.on('clickEdge', ({ edge }) => pick({ edge: Number(edge) }))
  sigma.on('clickStage', () => pick({}))
  sigma.on('enterNode', ({ node }) => { box.classList.add('over'); hover(node) })
  sigma.on('leaveNode', () => { box.classList.remove('over'); hover(null) })
  sigma.on('enterEdge', ({ edge }) => { box.classList.add('over'); view.over = Number(edge); sigma.refresh({ skipIndexation: true }) })
  sigma.on('leaveEdge', () => { box.classList.remove('over'); view.over = null; sigma.refresh({ skipIndexation: true }) })
  sigma.getCamera().on('updated', moved)
}

/** How a node looks now: hidden, dimmed beside the chosen ones, or as it is. */
function reduceNode(view, key, data) {
  if (view.shown && !view.shown(key)) return { ...data, hidden: true }
  const colour = view.colour(key, view.ink)
  if (key === view.hover) return { ...data, color: colour, highlighted: true, zIndex: 3 }
  if (!view.focus) return { ...data, color: colour }
  if (view.focus.has(key)) return { ...data, color: colour, highlighted: true, size: data.size + 2, zIndex: 3 }
  const place = view.near.get(key)
  if (place !== undefined) return { ...data, color: colour, zIndex: 2, forceLabel: place < NAMED, label: place < NAMED ? data.label : '' }
  if (view.rings) return { ...data, color: colour }
  return { ...data, color: mix(colour, view.ink.back, 0.82), label: '', zIndex: 0 }
}

function reduceEdge(view, graph, key, data) {
  const [source, target] = graph.extremities(key).map(Number)
  if (view.shown && !(view.shown(source) && view.shown(target) && view.links(key))) return { ...data, hidden: true }
  const { line, soft, faint, strong, grey } = view.ink
  if (key === view.over) return { ...data, color: strong, size: data.size + 1.5, zIndex: 3 }
  if (view.hover !== null && (source === view.hover || target === view.hover)) return { ...data, color: strong, zIndex: 2 }
  if (!view.focus && !view.dense) return { ...data, color: data.bold ? strong : view.tint(key) ?? grey }
  if (!view.focus) return { ...data, color: data.bold ? strong : data.strong ? view.tint(key) ?? line : soft }
  const touches = view.focus.size > 1 ? view.focus.has(source) && view.focus.has(target) : view.focus.has(source) || view.focus.has(target)
  return touches ? { ...data, color: strong, size: data.size + 0.6, zIndex: 2 } : { ...data, color: faint, zIndex: 0 }
}

function move(sigma, state) {
  const camera = sigma.getCamera()
  if (calm()) camera.setState({ ...camera.getState(), ...state })
  else camera.animate(state, { duration: 350 })
}

function look(sigma, keys, { closer = false } = {}) {
  const places = keys.map(key => sigma.getNodeDisplayData(key)).filter(Boolean)
  if (!places.length) return
  const [xs, ys] = [places.map(p => p.x), places.map(p => p.y)]
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const { width, height } = sigma.getDimensions()
  const seen = places.every(place => {
    const at = sigma.framedGraphToViewport(place)
    return at.x > 30 && at.y > 30 && at.x < width - 30 && at.y < height - 30
  })
  const camera = sigma.getCamera()
  if (seen && !closer) return
  const span = Math.max(right - left, high - low)
  const ratio = closer ? Math.max(span * 1.4, 0.14) : Math.min(camera.ratio, Math.max(span * 1.3, 0.35))
  move(sigma, { x: (left + right) / 2, y: (low + high) / 2, ratio })
}

/** The rows of a model's nodes and edges for a scene; `places` are those that it gives them. */
export function rows(model, inside, places) {
  const kept = model.nodes.filter(node => inside(node))
  const many = kept.filter(node => node.label === 'Paper' || node.papers > 1).length // the rest is small and mostly hidden
  const measure = { most: kept.reduce((most, node) => Math.max(most, much(node)), 1), room: Math.min(1, Math.sqrt(800 / (many + 1))) }
  const nodes = kept.map(node => [node.i, {
    ...(places?.get(node.i) ?? { x: node.x, y: node.y }), label: node.name, size: size(node, measure), type: node.label === 'Paper' ? 'square' : 'circle',
  }])
  const edges = model.edges
    .filter(edge => inside(model.nodes[edge.source]) && inside(model.nodes[edge.target]))
    .map(edge => [edge.i, edge.source, edge.target, {
      size: edge.type === 'SHARES' ? 0.5 + Math.min(edge.weight ?? 0, 1) * 2 : 0.6, type: edge.type === 'CITES' ? 'arrow' : 'line',
      bold: edge.type === 'CITES', strong: edge.type === 'SHARES', zIndex: edge.type === 'SHARES' ? 1 : 0,
    }])
  return { nodes, edges }
}

/** What a node's area counts: of entities the papers that name them, of papers what leads to them. */
const much = node => (node.label === 'Paper' ? node.links / 8 : node.papers ?? 1)

/** Sizes as there is room: the greatest node of a crowded map is smaller. */
const size = (node, { most, room }) => 1.8 + 11.5 * room * Math.sqrt(much(node) / most)

/** The box around nodes, without the share `left` of them on each side, which lies far off. */
export function bounds(nodes, left) {
  const box = axis => {
    const values = nodes.map(node => node[axis]).sort((a, b) => a - b)
    const at = share => values[Math.round(share * (values.length - 1))] ?? 0
    const [low, high] = [at(left), at(1 - left)]
    return high > low ? [low, high] : [low - 1, high + 1]
  }
  return { x: box('x'), y: box('y') }
}

/** A sign for each community that has at least three papers on the map, in their middle, largest first. */
export function regions(model, shown) {
  const members = new Map()
  for (const node of model.nodes) {
    if (node.label === 'Paper' && shown[node.i] && node.community !== null) members.set(node.community, [...members.get(node.community) ?? [], node])
  }
  const middle = (nodes, axis) => nodes.map(node => node[axis]).sort((a, b) => a - b)[nodes.length >> 1]
  if (members.size < 2) return []
  return [...members].filter(([, nodes]) => nodes.length > 2).sort((a, b) => b[1].length - a[1].length || a[0] - b[0])
    .map(([id, nodes]) => ({ name: short(model.communities.get(id)?.name ?? ''), x: middle(nodes, 'x'), y: middle(nodes, 'y') }))
}

/** The first two of a community's names, a line each. */
const short = name => name.split(', ').slice(0, 2).join('\n')

/** The neighbours of nodes, heaviest first: node -> place. */
export function near(model, chosen, shown) {
  const weights = new Map()
  for (const node of chosen) {
    for (const i of model.around[node]) {
      const edge = model.edges[i], other = across(edge, node)
      if (shown.edges[i] && !chosen.includes(other)) weights.set(other, (weights.get(other) ?? 0) + (edge.weight ?? 0.3))
    }
  }
  const order = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return new Map(order.map(([node], place) => [node, place]))
}
