// The payload as nodes and edges that know each other.


/** @returns the model: `nodes`, `edges`, `around[node]` (its edges), `byId`, and the tables of the payload. */
export function decode(payload) {
  const { nodes: columns, edges: rows, papers, aliases } = payload
  const nodes = columns.id.map((id, i) => ({
    i, id, name: columns.name[i], label: payload.labels[columns.label[i]].name, year: columns.year[i],
    papers: columns.papers[i], community: columns.community[i], pagerank: columns.pagerank[i],
    betweenness: columns.betweenness[i], x: columns.x[i], y: columns.y[i], links: 0,
  }))
  const around = nodes.map(() => [])
  const edges = rows.type.map((type, i) => {
    const edge = {
      i, type: rows.types[type], source: rows.source[i], target: rows.target[i], weight: rows.weight[i], p: rows.p[i],
      score: rows.score[i], mentions: rows.mentions[i], cue: rows.cue[i] === null ? null : rows.cues[rows.cue[i]],
      span: rows.span[i], said: rows.said[i] ?? null, via: rows.via[i] ?? [],
    }
    around[edge.source].push(i)
    around[edge.target].push(i)
    return edge
  })
  nodes.forEach((node, i) => { node.links = around[i].length })
  const colours = Object.fromEntries(payload.labels.map(label => [label.name, label.colour]))
  const communities = new Map(payload.communities.map(each => [each.id, each]))
  return {
    about: payload.about, labels: payload.labels.map(label => label.name), colours, communities, nodes, edges, around,
    papers, aliases, terms: payload.terms, byId: new Map(nodes.map(node => [node.id, node.i])), overview: payload.overview ?? null,
    types: rows.types, cut: payload.cut, weighed: rows.p.some(p => p !== null),
    firstEntity: papers.title.length,
  }
}

/** The other end of an edge. */
export const across = (edge, node) => (edge.source === node ? edge.target : edge.source)

/** Other names of an entity or author. */
export function otherNames(model, node) {
  const names = model.aliases[node.i - model.firstEntity] ?? []
  return names.filter(name => name !== node.name)
}

const SPAN = 6

/** The mentions of a paper: `{entity, field, start, end, from, to}`, offsets in its title or abstract. */
export function mentions(model, paper) {
  const flat = model.papers.spans[paper] ?? []
  return Array.from({ length: flat.length / SPAN }, (_, i) => mention(flat, i))
}

function mention(flat, i) {
  const [entity, field, start, end, from, to] = flat.slice(i * SPAN, i * SPAN + SPAN)
  return { entity, field: field ? 'abstract' : 'title', start, end, from, to }
}

/** The sentence behind an edge: `{text, start, end, field}`, start and end of the name in it; null where it has none. */
export function evidence(model, edge) {
  if (edge.span < 0) return edge.said ? { text: edge.said, start: 0, end: 0, field: null } : null
  const { field, start, end, from, to } = mention(model.papers.spans[edge.source], edge.span)
  const text = model.papers[field][edge.source].slice(from, to)
  return { text, start: start - from, end: end - from, field }
}

/** What two nodes have in common: `{node, weight, a, b}` with an edge of each, heaviest first. */
export function shared(model, a, b) {
  const ofEntity = i => model.nodes[i].label !== 'Paper'
  const wanted = ofEntity(a) ? i => !ofEntity(i) : ofEntity
  const mine = new Map()
  for (const i of model.around[a]) {
    const edge = model.edges[i]
    if (edge.span >= 0) mine.set(across(edge, a), edge)
  }
  const found = []
  for (const i of model.around[b]) {
    const edge = model.edges[i], other = across(edge, b)
    if (edge.span >= 0 && wanted(other) && mine.has(other)) {
      found.push({ node: other, weight: mine.get(other).weight * edge.weight, a: mine.get(other), b: edge })
    }
  }
  return found.sort((x, y) => y.weight - x.weight || (model.nodes[x.node].id < model.nodes[y.node].id ? -1 : 1))
}

/** The terms that two papers share: `{word, weight}`, heaviest first. */
export function sharedTerms(model, a, b) {
  const { words, of, weights } = model.terms
  const mine = new Map((of[a] ?? []).map((word, i) => [word, weights[a][i]]))
  const both = (of[b] ?? []).map((word, i) => ({ word: words[word], weight: mine.has(word) ? Math.round(mine.get(word) * weights[b][i] * 1e6) / 1e6 : null }))
  return both.filter(each => each.weight !== null).sort((x, y) => y.weight - x.weight || (x.word < y.word ? -1 : 1))
}

/** The edges between two nodes. */
export function between(model, a, b) {
  return model.around[a].map(i => model.edges[i]).filter(edge => across(edge, a) === b)
}
