// Which nodes are drawn at all, and where: the whole graph while it is small, else the communities or one of them; or
// what lies around the chosen nodes, in rings.

import { across } from './data.js'

const MOST = 5000 // nodes that a map draws fluently
const AROUND = 300 // and that rings have room for

/** `{key, kind, inside, places, cut}`: kind is overview, community, around or all; no `inside` is everything. */
export function scene(model, state, shown) {
  const chosen = state.pair ?? (state.node === null ? [] : [state.node])
  if (state.hops && chosen.length) return around(model, state, shown, chosen)
  if (!model.overview || state.open === 'here') return { key: 'all', kind: 'all', inside: null, places: null, cut: 0 }
  if (state.open === null) return { key: 'overview', kind: 'overview', inside: new Set(), places: null, cut: 0 }
  const members = model.nodes.filter(node => node.community === state.open).map(node => node.i)
  const kept = best(members, MOST, i => model.nodes[i].links)
  const strangers = chosen.filter(i => model.nodes[i].community !== state.open)
  return {
    key: `community ${state.open} ${strangers}`, kind: 'community', inside: new Set([...kept, ...strangers]), places: null,
    cut: members.length - kept.length,
  }
}

/** The `most` members of the greatest weight. */
function best(members, most, weight) {
  return members.length <= most ? members : [...members].sort((a, b) => weight(b) - weight(a) || a - b).slice(0, most)
}

function around(model, state, shown, chosen) {
  const near = weights(model, shown, chosen)
  const rest = model.nodes.filter((node, i) => shown.nodes[i] && !near.has(i) && !chosen.includes(i)).map(node => node.i)
  const first = best([...near.keys()], AROUND, i => near.get(i).weight)
  const second = best(rest, AROUND - first.length, i => model.nodes[i].links)
  const kept = [...chosen, ...first, ...second]
  return {
    key: `around ${chosen} ${kept.length} ${JSON.stringify([state.hops, state.off, state.papers, state.years, state.chance, state.community])}`,
    kind: 'around', inside: new Set(kept), places: rings(model, shown, chosen, first, second, near), cut: near.size + rest.length - first.length - second.length,
  }
}

/** The neighbours of nodes: node -> `{type, weight}` of the heaviest link. */
function weights(model, shown, nodes) {
  const found = new Map()
  for (const node of nodes) {
    for (const i of model.around[node]) {
      const edge = model.edges[i], other = across(edge, node), weight = edge.weight ?? 0.3
      if (shown.edges[i] && !nodes.includes(other) && !(found.get(other)?.weight >= weight)) found.set(other, { type: edge.type, weight, from: node })
    }
  }
  return found
}

/** Places in rings: neighbours side by side with those of the same link and kind, what lies beyond near its neighbour. */
function rings(model, shown, chosen, first, second, near) {
  const order = i => model.types.indexOf(near.get(i).type) * 10 + model.labels.indexOf(model.nodes[i].label)
  const inner = [...first].sort((a, b) => order(a) - order(b) || near.get(b).weight - near.get(a).weight || a - b)
  const place = new Map(inner.map((node, at) => [node, at]))
  const parents = weights(model, shown, inner)
  const outer = [...second].sort((a, b) => (place.get(parents.get(a)?.from) ?? 1e9) - (place.get(parents.get(b)?.from) ?? 1e9) || a - b)
  const radius = Math.max(1, inner.length / 24, outer.length / 90)
  return new Map([
    ...chosen.map((node, i) => [node, { x: (i - (chosen.length - 1) / 2) * 0.5, y: 0, left: i === 0 && chosen.length > 1 }]),
    ...ring(inner, radius, 26),
    ...ring(outer, Math.max(radius * 1.7, outer.length / 45), 50),
  ])
}

/** Nodes evenly on an ellipse from the top, in two rows where they are many. */
function ring(nodes, radius, many) {
  return nodes.map((node, i) => {
    const angle = Math.PI / 2 - (2 * Math.PI * (i + 0.5)) / nodes.length
    const r = nodes.length > many && i % 2 ? radius * 1.16 : radius
    return [node, { x: r * Math.cos(angle), y: r * 1.2 * Math.sin(angle), left: Math.cos(angle) < -1e-9 }]
  })
}
