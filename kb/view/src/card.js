// What the page says of one node: its columns, its text with every name in its colour, and its neighbours.

import { across, evidence, mentions, otherNames } from './data.js'
import { counted, h, marked } from './dom.js'
import { words } from './words.js'

const FIRST = 8 // rows of a list before "all"

/** The card of a node; `go` has `node(i)`, `pair(a, b)`, `hops(n)`, `community(id)`. */
export function card(model, i, state, go) {
  const node = model.nodes[i]
  const paper = node.label === 'Paper'
  return [
    h('p', { class: 'eyebrow' }, chip(model, node), ...facts(model, node)),
    h('h2', { id: 'card-name', tabindex: '-1' }, paper ? marks(model, i, 'title', go) || node.name : node.name),
    paper ? about(model, i) : aliases(model, node),
    actions(model, node, state, go),
    paper && model.papers.abstract[i] ? h('p', { class: 'abstract' }, marks(model, i, 'abstract', go)) : null,
    paper && !model.papers.title[i] ? h('p', { class: 'quiet' }, 'Cited here, described by no source.') : null,
    ...groups(model, i).map(group => section(model, i, group, go)),
  ]
}

/** A node's kind with its swatch. */
export function chip(model, node) {
  return h('span', { class: 'chip' }, swatch(model, node), node.label)
}

export function swatch(model, node) {
  return h('i', { class: node.label === 'Paper' ? 'swatch square' : 'swatch', colour: model.colours[node.label], 'aria-hidden': 'true' })
}

function facts(model, node) {
  const made = []
  if (node.label !== 'Paper' && node.papers !== null) made.push(counted(node.papers, 'paper'))
  if (node.year !== null) made.push(node.label === 'Paper' ? String(node.year) : `since ${node.year}`)
  if (node.label === 'Paper' && model.papers.venue[node.i]) made.push(model.papers.venue[node.i])
  return made.map(text => h('span', {}, text))
}

function aliases(model, node) {
  const names = otherNames(model, node)
  return names.length ? h('p', { class: 'quiet' }, `Also written ${names.slice(0, 8).join(' · ')}`) : null
}

/** Authors and the ways out. Only addresses of the web become links. */
function about(model, i) {
  const { authors, doi, arxiv, url } = model.papers
  const out = [
    doi[i] && ['DOI', `https://doi.org/${encodeURI(doi[i])}`],
    arxiv[i] && ['arXiv', `https://arxiv.org/abs/${encodeURI(arxiv[i])}`],
    url[i] && /^https?:\/\//i.test(url[i]) && ['Source', url[i]],
  ].filter(Boolean)
  return [
    authors[i].length ? h('p', { class: 'authors' }, authors[i].join(', ')) : null,
    out.length ? h('p', { class: 'out' }, out.map(([name, href]) =>
      h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, `${name} ↗`))) : null,
  ].filter(Boolean)
}

function actions(model, node, state, go) {
  const community = model.communities.get(node.community)
  const hop = (hops, text) => h('button', {
    type: 'button', 'aria-pressed': String(state.hops === hops), onclick: () => go.hops(hops),
  }, text)
  return h('div', { class: 'actions' },
    h('div', { class: 'switch', role: 'group', 'aria-label': 'The map shows' }, hop(0, 'Everything'), hop(1, 'Neighbours'), hop(2, 'Two steps')),
    community ? h('button', { type: 'button', class: 'pill', onclick: () => go.community(community.id) },
      h('span', { class: 'sr' }, 'Community: '), community.name) : null)
}

/** A text of a paper with its mentions as links, each in the colour of its kind. */
function marks(model, paper, field, go) {
  const text = model.papers[field][paper]
  const own = mentions(model, paper).filter(each => each.field === field).sort((a, b) => a.start - b.start)
  return marked(text, own.map(each => [each.start, each.end, part => mark(model, each, part, go)]))
}

function mark(model, { entity }, text, go) {
  const node = model.nodes[entity]
  // Not a stop of the Tab key: the lists below lead to the same places.
  return h('a', {
    class: 'mention', colour: model.colours[node.label], href: `#node=${encodeURIComponent(node.id)}`, tabindex: '-1',
    title: `${node.label}: ${node.name}`, 'data-node': node.id,
    onclick: event => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); go.node(entity) } },
  }, text)
}

/** The edges of a node by type and direction: `{type, heading, edges}`, in the order of the types. */
export function groups(model, i) {
  const made = new Map()
  for (const number of model.around[i]) {
    const edge = model.edges[number]
    const heading = words(edge.type)[edge.source === i ? 'out' : 'in']
    if (!made.has(heading)) made.set(heading, { type: edge.type, heading, edges: [] })
    made.get(heading).edges.push(edge)
  }
  const order = type => model.types.indexOf(type)
  const found = [...made.values()].sort((a, b) => order(a.type) - order(b.type) || (a.heading < b.heading ? -1 : 1))
  for (const group of found) group.edges.sort((a, b) => heavy(model, b, i) - heavy(model, a, i) || a.i - b.i)
  return found
}

const heavy = (model, edge, i) => (edge.weight ?? 0) || (model.nodes[across(edge, i)].papers ?? 0) / 1e6

function section(model, i, { heading, edges }, go) {
  const list = h('ul', { class: 'near' })
  const show = many => list.replaceChildren(...edges.slice(0, many).map(edge => row(model, i, edge, go)))
  show(FIRST)
  const rest = edges.length - FIRST
  return h('section', { class: 'group' },
    h('h3', {}, heading, h('span', { class: 'count' }, String(edges.length))),
    list,
    rest > 0 ? h('button', {
      type: 'button', class: 'more',
      onclick: event => { show(edges.length); event.target.remove(); list.children[FIRST].querySelector('button').focus() },
    }, `Show ${rest} more`) : null)
}

function row(model, i, edge, go) {
  const other = across(edge, i), node = model.nodes[other]
  const said = edge.target === i ? evidence(model, edge) : null
  return h('li', {},
    h('button', { type: 'button', class: 'go', 'data-node': node.id, onclick: () => go.node(other) }, swatch(model, node),
      h('span', {}, node.name),
      h('span', { class: 'meta' }, measure(edge, node))),
    h('button', { type: 'button', class: 'why', 'aria-label': `Why ${model.nodes[i].name} and ${node.name}`, onclick: () => go.pair(i, other) }, 'why'),
    said ? h('p', { class: 'said' }, quoted(model, said, edge)) : null)
}

function measure(edge, node) {
  if (edge.type === 'SHARES' || edge.type === 'USED_WITH') return edge.weight?.toFixed(2) ?? ''
  return node.label === 'Paper' ? String(node.year ?? '') : String(node.papers ?? '')
}

/** A sentence with the name in it marked. */
export function quoted(model, said, edge) {
  const colour = model.colours[model.nodes[edge.target].label]
  return marked(said.text, said.end > said.start ? [[said.start, said.end, part => h('mark', { colour }, part)]] : [])
}
