// What stands around the map: counts, the way back, the list in its place, and what to say where nothing is left.

import { $, announce, counted, fill, h } from './dom.js'
import { changed } from './panel.js'

export function surround({ model, state, now, held, counts, list, open }) {
  const listed = state.view === 'list'
  const total = held.nodes.reduce((sum, on) => sum + on, 0)
  $('to-map').setAttribute('aria-pressed', String(!listed))
  $('to-list').setAttribute('aria-pressed', String(listed))
  $('map').hidden = $('zoom').hidden = listed
  $('list').hidden = !listed
  if (now.kind === 'overview') $('counts').textContent = `${counted(model.overview.communities.length, 'community')} · ${counted(model.about.nodes, 'node')}`
  else $('counts').textContent = told(counts, total, held.edges.reduce((sum, on) => sum + on, 0))
  if (listed) now.kind === 'overview' ? list.rows(communities(model, open)) : list.nodes(held.nodes, state.node)
  $('empty').hidden = now.kind === 'overview' || total > 0
  $('narrowed').hidden = !changed(model, state)
  crumbs(model, state, now, open)
}

function told(counts, total, links) {
  const papers = counts.get('Paper') ?? 0, authors = counts.get('Author') ?? 0
  return [
    counted(papers, 'paper'), counted(total - papers - authors, 'entity'), authors ? counted(authors, 'author') : null, counted(links, 'link'),
  ].filter(Boolean).join(' · ')
}

const communities = (model, open) => model.overview.communities.map(each => h('li', {},
  h('button', { type: 'button', class: 'go', onclick: () => open(each.id) },
    h('i', { class: 'swatch', colour: each.colour, 'aria-hidden': 'true' }), h('span', {}, each.name),
    h('span', { class: 'meta' }, counted(each.papers, 'paper')))))

/** Where one is in a large graph, and how much of it is not drawn. */
function crumbs(model, state, now, open) {
  const cut = now.kind === 'overview' ? 0 : now.cut || Math.max(0, (model.about.of ?? 0) - model.nodes.length)
  $('crumbs').hidden = !model.overview && !cut
  const name = now.kind === 'around' || state.open === 'here' ? 'Neighbourhood' : model.communities.get(state.open)?.name
  const held = now.inside?.size ?? model.nodes.length
  fill($('crumbs'),
    !model.overview ? null : now.kind === 'overview' ? h('span', {}, 'All communities')
      : [h('button', { type: 'button', onclick: () => open(null) }, 'All communities'), h('span', { 'aria-hidden': 'true' }, '›'), h('span', {}, name)],
    cut ? h('span', { class: 'quiet' }, `the ${held.toLocaleString('en')} best linked of ${(held + cut).toLocaleString('en')}`) : null)
}

let fading = 0
/** Say something for a while. */
export function notice(text) {
  $('notice').textContent = text
  $('notice').hidden = false
  announce(text)
  clearTimeout(fading)
  fading = setTimeout(() => { $('notice').hidden = true }, 5000)
}
