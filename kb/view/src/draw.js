// What the map shows of the state: the scene, its colours, and where the camera goes.

import { fewest } from './filters.js'
import { bounds, near, regions, rows } from './map.js'
import { overview } from './overview.js'
import { ink, mix } from './theme.js'

let drawn = { model: null, key: null } // what the map holds: a scene that came up while the list was shown is not there

const CLOSE = 12 // neighbours that come into view with a node

/** Draw; `changed` is whether the selection did, `camera` where a link puts it. */
export function draw(view, { model, state, now, shown, held, changed, gentle, camera }) {
  const other = drawn.model !== model || drawn.key !== now.key
  drawn = { model, key: now.key }
  if (now.kind === 'overview') return communities(view, model, other, camera)
  if (other) fresh(view, model, now)
  const chosen = state.pair ?? (state.node === null ? null : [state.node])
  const close = chosen ? near(model, chosen, shown) : null
  view.show({
    shown: i => held.nodes[i], links: i => held.edges[i], focus: chosen && new Set(chosen), near: close, rings: Boolean(now.places),
    colour: (i, { grey }) => paint(model, state, i) ?? grey, tint: tints(model, state), signs: chosen ? [] : regions(model, held.nodes),
  })
  if (other) view.place({ x: 0.5, y: 0.5, ratio: 1 })
  if (camera) return view.place(camera)
  if (!chosen || !changed || now.places) return undefined
  return gentle ? view.look(chosen) : view.look([...chosen, ...[...close.keys()].slice(0, CLOSE)], { closer: true })
}

function communities(view, model, other, camera) {
  if (other) {
    const made = overview(model.overview)
    view.scene(made.nodes, made.edges, made.bounds)
  }
  view.show({ shown: null, focus: null, near: null, links: null, colour: (i, { grey }) => model.overview.communities[i].colour ?? grey })
  if (other || camera) view.place(camera ?? { x: 0.5, y: 0.5, ratio: 1 })
}

/** The nodes of another scene. */
function fresh(view, model, now) {
  const inside = now.inside ? node => now.inside.has(node.i) : () => true
  const made = rows(model, inside, now.places)
  if (now.places) return view.scene(made.nodes, made.edges, wide(bounds([...now.places.values()], 0), now.places.size))
  // What is hidden at first does not count, nor what hangs together with nothing else of a community.
  const linked = new Set(now.inside ? made.edges.flatMap(([, source, target]) => [source, target]) : [])
  const main = model.nodes.filter(node => (now.inside ? linked.has(node.i) : (node.papers ?? 2) >= fewest(model)))
  return view.scene(made.nodes, made.edges, bounds(main.length > 1 ? main : model.nodes, now.inside ? 0.02 : 0.005))
}

/** Room for the names on both sides of a ring. */
const wide = ({ x, y }, many) => ({ x: x.map(each => each * (many > 60 ? 1.4 : 2.1)), y })

const paint = (model, state, i) => (state.by === 'community' ? model.communities.get(model.nodes[i].community)?.colour : model.colours[model.nodes[i].label])

/** What an edge is drawn with: within a community a shade of its colour. */
function tints(model, state) {
  if (state.by !== 'community') return () => null
  const { back } = ink()
  const shades = new Map([...model.communities.values()].map(each => [each.id, mix(each.colour, back, 0.62)]))
  return i => {
    const [a, b] = [model.edges[i].source, model.edges[i].target].map(node => model.nodes[node].community)
    return a === b ? shades.get(a) ?? null : null
  }
}
