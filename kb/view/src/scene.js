// Which nodes are drawn at all: the whole graph while it is small, else the communities, one of them, or a neighbourhood.

import { across } from './data.js'

export const MOST = 5000 // nodes that a map draws fluently

/** `{key, kind, inside}` of a state; kind is overview, community, around or all; `inside` a set of nodes. */
export function scene(model, state) {
  if (!model.overview || state.open === 'here') return { key: 'all', kind: 'all', inside: null, cut: 0 }
  const chosen = state.pair ?? (state.node === null ? [] : [state.node])
  if (state.hops && chosen.length) return capped(model, `around ${chosen} ${state.hops}`, 'around', reach(model, chosen, state.hops), chosen)
  if (state.open === null) return { key: 'overview', kind: 'overview', inside: new Set(), cut: 0 }
  const members = model.nodes.filter(node => node.community === state.open).map(node => node.i)
  return capped(model, `community ${state.open} ${chosen.filter(i => model.nodes[i].community !== state.open)}`, 'community', members, chosen)
}

/** The heaviest of too many, and the chosen ones in any case. */
function capped(model, key, kind, members, chosen) {
  const kept = members.length <= MOST ? members
    : members.sort((a, b) => model.nodes[b].links - model.nodes[a].links || a - b).slice(0, MOST)
  return { key, kind, inside: new Set([...kept, ...chosen]), cut: members.length - kept.length }
}

function reach(model, chosen, hops) {
  const seen = new Set(chosen)
  let frontier = chosen
  for (let hop = 0; hop < hops; hop++) {
    frontier = frontier.flatMap(node => model.around[node].map(i => across(model.edges[i], node))).filter(node => !seen.has(node) && seen.add(node))
  }
  return [...seen]
}
