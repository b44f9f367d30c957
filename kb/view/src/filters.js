// What the map and the list show of the model.

import { across } from './data.js'

/** The papers that must name an entity for it to be shown at first: those that join nothing are one click away. */
export const fewest = model => (model.nodes.length <= 60 ? 1 : 2)

/** The state of a page that was just opened. */
export function initial(model) {
  return {
    open: null, node: null, pair: null, off: [...model.about.hidden ?? []], community: null, years: null,
    papers: [fewest(model), Infinity], chance: false, hops: 0, view: 'map',
    by: model.communities.size > 1 ? 'community' : 'kind',
  }
}

/** The years that papers have, first and last; null where none has one. */
export function span(model) {
  const years = model.nodes.filter(node => node.label === 'Paper' && node.year !== null).map(node => node.year)
  return years.length ? [years.reduce((a, b) => Math.min(a, b)), years.reduce((a, b) => Math.max(a, b))] : null
}

/** `{nodes, edges}`, a byte for each: 1 where it is shown. */
export function visible(model, state) {
  const off = new Set(state.off)
  const kept = edge => !off.has(edge.type) && !(state.chance && edge.type === 'SHARES' && !(edge.p <= model.cut))
  const nodes = Uint8Array.from(model.nodes, node => (passes(node, state, off) ? 1 : 0))
  const chosen = state.pair ?? (state.node === null ? [] : [state.node])
  if (state.hops && chosen.length) within(model, nodes, kept, chosen, state.hops)
  for (const node of chosen) nodes[node] = 1
  const edges = Uint8Array.from(model.edges, e => (nodes[e.source] && nodes[e.target] && kept(e) ? 1 : 0))
  if (state.years) dropUnheld(model, nodes, edges, chosen)
  return { nodes, edges }
}

/** Whether a node passes the filters by itself. */
function passes(node, state, off) {
  if (off.has(node.label)) return false
  const scope = state.community ?? (state.hops || state.open === 'here' ? null : state.open)
  if (scope !== null && node.community !== scope) return false
  if (node.label === 'Paper') {
    return !state.years || (node.year !== null && node.year >= state.years[0] && node.year <= state.years[1])
  }
  const least = state.hops ? 1 : state.papers[0] // around a chosen node all of its own is shown
  return node.papers >= least && node.papers <= state.papers[1]
}

/** Keep only what lies within some hops of the chosen nodes. */
function within(model, nodes, kept, chosen, hops) {
  const seen = new Set(chosen)
  let frontier = chosen
  for (let hop = 0; hop < hops; hop++) {
    const next = []
    for (const node of frontier) {
      for (const i of model.around[node]) {
        const other = across(model.edges[i], node)
        if (!seen.has(other) && nodes[other] && kept(model.edges[i])) {
          seen.add(other)
          next.push(other)
        }
      }
    }
    frontier = next
  }
  nodes.forEach((_, i) => { if (!seen.has(i)) nodes[i] = 0 })
}

/** Entities live by the papers that name them: without one that is shown they go. */
function dropUnheld(model, nodes, edges, chosen) {
  nodes.forEach((shown, i) => {
    const entity = shown && model.nodes[i].label !== 'Paper' && !chosen.includes(i)
    if (entity && !model.around[i].some(e => edges[e])) nodes[i] = 0
  })
}

/** How many nodes of each label and community, and edges of each type, are shown. */
export function tally(model, shown) {
  const counts = new Map()
  const add = key => counts.set(key, (counts.get(key) ?? 0) + 1)
  model.nodes.forEach((node, i) => { if (shown.nodes[i]) { add(node.label); add(node.community) } })
  model.edges.forEach((edge, i) => { if (shown.edges[i]) add(edge.type) })
  return counts
}
