// Why two nodes are joined: what each says, in its own sentence.

import { between, evidence, shared, sharedTerms } from './data.js'
import { quoted, swatch } from './card.js'
import { counted, h } from './dom.js'
import { words } from './words.js'

const FIRST = 12
const TERMS = 24
const COUNTED = ['SHARES', 'USED_WITH'] // links that are the sum of what both name, or of what names both

/** The card of a pair; `go.node(i)` opens one of its ends. */
export function why(model, [a, b], go) {
  const found = shared(model, a, b)
  const edges = between(model, a, b)
  const papers = [a, b].filter(i => model.nodes[i].label === 'Paper').length
  const terms = papers === 2 ? sharedTerms(model, a, b) : []
  const said = edges.filter(edge => !COUNTED.includes(edge.type))
  return [
    h('p', { class: 'eyebrow' }, h('span', {}, 'Why these two?')),
    h('h2', { id: 'card-name', tabindex: '-1', class: 'pair' }, end(model, a, go), h('span', { class: 'and' }, verb(edges)), end(model, b, go)),
    ...said.map(edge => direct(model, edge)),
    papers !== 1 && found.length ? together(model, [a, b], found, edges.find(edge => edge.type === 'SHARES'), papers === 2, go) : null,
    terms.length ? used(terms, found.length ? null : edges.find(edge => edge.type === 'SHARES')) : null,
    !said.length && !found.length && !terms.length ? h('p', { class: 'quiet' }, 'Nothing on this page joins them.') : null,
  ]
}

const verb = edges => (edges.length === 1 && !COUNTED.includes(edges[0].type) ? words(edges[0].type).verb : 'and')

function end(model, i, go) {
  return h('button', { type: 'button', class: 'end', onclick: () => go.node(i) }, swatch(model, model.nodes[i]), h('span', {}, model.nodes[i].name))
}

/** An edge that a sentence or a reference proves. */
function direct(model, edge) {
  const said = evidence(model, edge)
  const { name } = model.nodes[edge.source]
  const facts = [
    edge.via.length ? ['Known by', edge.via.map(each => (each === 'reference' ? 'its reference list' : `the name ${each}`)).join(', ')] : null,
    edge.cue ? ['Cue', edge.cue] : null,
    edge.score === null ? null : ['Score', edge.score.toFixed(2)],
    edge.mentions > 1 ? ['Named', `${edge.mentions} times`] : null,
    edge.weight === null ? null : ['Weight', edge.weight.toFixed(3)],
  ].filter(Boolean)
  return h('section', { class: 'group' },
    h('h3', {}, `${name} ${words(edge.type).verb} ${model.nodes[edge.target].name}`),
    said ? quote(model, said, edge) : h('p', { class: 'quiet' }, 'No sentence: the source lists it.'),
    h('dl', { class: 'facts' }, facts.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value)))))
}

function quote(model, said, edge) {
  return h('blockquote', {}, h('p', {}, quoted(model, said, edge)),
    said.field === 'title' ? h('footer', {}, 'from the title') : null)
}

const likeness = edge => [
  `likeness ${edge.weight.toFixed(2)}`, edge.p === null ? null : `p by chance ${edge.p < 0.001 ? '< 0.001' : edge.p.toFixed(3)}`,
].filter(Boolean)

/** The rare words of both papers, with what each adds to their likeness. */
function used(terms, edge) {
  return h('section', { class: 'group' },
    h('h3', {}, 'Words that both use', h('span', { class: 'count' }, String(terms.length))),
    edge ? h('p', { class: 'quiet' }, likeness(edge).join(' · ')) : null,
    h('ul', { class: 'terms' }, terms.slice(0, TERMS).map(({ word, weight }) => h('li', {}, word, h('span', { class: 'meta' }, weight.toFixed(3))))))
}

/** What both name, or the papers that name both. */
function together(model, [a, b], found, edge, papers, go) {
  const most = found[0].weight || 1
  const list = h('ol', { class: 'shared' })
  const show = many => list.replaceChildren(...found.slice(0, many).map(each => both(model, [a, b], each, most, papers, go)))
  show(FIRST)
  const facts = [
    counted(found.length, papers ? 'shared entity' : 'paper') + (papers ? '' : ' name both'),
    ...papers && edge ? likeness(edge) : [],
  ].filter(Boolean)
  return h('section', { class: 'group' },
    h('h3', {}, papers ? 'What both name' : 'Where both are named'),
    h('p', { class: 'quiet' }, facts.join(' · ')), list,
    found.length > FIRST ? h('button', { type: 'button', class: 'more', onclick: event => { show(found.length); event.target.remove() } },
      `Show ${found.length - FIRST} more`) : null)
}

function both(model, ends, { node, weight, a, b }, most, papers, go) {
  const width = `${Math.round((100 * weight) / most)}%`
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' })
  bar.style.setProperty('--share', width)
  return h('li', {},
    h('div', { class: 'head' },
      h('button', { type: 'button', class: 'go', onclick: () => go.node(node) }, swatch(model, model.nodes[node]), h('span', {}, model.nodes[node].name)),
      bar, h('span', { class: 'meta' }, weight.toFixed(3))),
    [a, b].map((edge, i) => sentence(model, edge, model.nodes[ends[i]].name, papers)))
}

function sentence(model, edge, name, papers) {
  const said = evidence(model, edge)
  const { verb } = words(edge.type)
  return h('blockquote', {},
    h('p', { class: 'who' }, papers ? `${name} · ${verb}` : `${verb} ${name}`),
    said ? h('p', {}, quoted(model, said, edge)) : null)
}
