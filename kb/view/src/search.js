// Search as you type: names, titles and aliases, folded, best match first.

/** Lower case without accents; the same length is not promised. */
export const fold = text => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase()

/** An index: for each node its folded names, the own one first. */
export function index(model) {
  return model.nodes.map(node => {
    const title = node.label === 'Paper' ? model.papers.title[node.i] : ''
    const others = node.i < model.firstEntity ? [title] : model.aliases[node.i - model.firstEntity]
    return [node.name, ...others].filter(Boolean)
  })
}

/** The `limit` best nodes for a text: `{node, name}` with the name that matched. */
export function search(model, names, text, limit = 12) {
  const wanted = fold(text).split(/\s+/).filter(Boolean)
  if (!wanted.length) return []
  const found = []
  names.forEach((own, i) => {
    let best = null
    own.forEach((name, place) => {
      const rank = score(folded(name), wanted, place)
      if (rank !== null && (best === null || rank < best.rank)) best = { node: i, name, rank }
    })
    if (best) found.push(best)
  })
  const weight = hit => model.nodes[hit.node].papers ?? model.nodes[hit.node].links / 10
  found.sort((x, y) => x.rank - y.rank || weight(y) - weight(x) || x.node - y.node)
  return found.slice(0, limit)
}

const memory = new Map()

function folded(name) {
  if (!memory.has(name)) memory.set(name, fold(name))
  return memory.get(name)
}

/** 0 for the whole name, then its beginning, a word's beginning, anywhere; other names half a step behind. */
function score(name, wanted, place) {
  const whole = wanted.join(' ')
  const behind = place ? 0.5 : 0
  if (name === whole) return behind
  if (name.startsWith(whole)) return 1 + behind
  const at = wanted.map(word => name.indexOf(word))
  if (at.some(found => found < 0)) return null
  const starts = wanted.every((word, i) => at[i] === 0 || /[^\p{L}\p{N}]/u.test(name[at[i] - 1]))
  return (starts ? 2 : 3) + behind
}
