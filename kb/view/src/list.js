// The same nodes as a list: what the map shows, for the keyboard and for those who read rather than look.

import { swatch } from './card.js'
import { counted, h } from './dom.js'

const PAGE = 150
const ORDERS = {
  'most papers': (a, b) => (b.papers ?? 0) - (a.papers ?? 0) || b.links - a.links,
  'most links': (a, b) => b.links - a.links,
  name: (a, b) => a.name.localeCompare(b.name, 'en'),
  newest: (a, b) => (b.year ?? 0) - (a.year ?? 0),
}

/** Fill `box`. @returns `{nodes(shown, selected), rows(made)}`, which fill it with nodes or with rows made elsewhere. */
export function list(box, model, go) {
  let order = 'most links', shown = null, many = PAGE, selected = null
  const choose = h('select', { 'aria-label': 'Order of the list', onchange: () => { order = choose.value; draw() } },
    Object.keys(ORDERS).map(name => h('option', { value: name, selected: name === order }, `by ${name}`)))
  const head = h('p', { class: 'quiet' })
  const rows = h('ul', { class: 'rows' })
  const more = h('button', { type: 'button', class: 'wide', onclick: () => { const at = many; many += PAGE; draw(); rows.children[at]?.firstChild.focus() } }, 'Show more')
  box.replaceChildren(h('div', { class: 'order' }, head, choose), rows, more)

  function draw() {
    const nodes = model.nodes.filter(node => shown[node.i]).sort((a, b) => ORDERS[order](a, b) || a.i - b.i)
    head.textContent = counted(nodes.length, 'node')
    rows.replaceChildren(...nodes.slice(0, many).map(node => h('li', {}, h('button', {
      type: 'button', class: 'go', 'data-node': node.id, 'aria-current': selected === node.i ? 'true' : null, onclick: () => go.node(node.i),
    }, swatch(model, node), h('span', {}, node.name), h('span', { class: 'meta' }, facts(node))))))
    more.hidden = nodes.length <= many
  }
  return {
    nodes(wanted, node) { shown = wanted; selected = node; choose.hidden = false; draw() },
    rows(made) { head.textContent = counted(made.length, 'community'); choose.hidden = more.hidden = true; rows.replaceChildren(...made) },
  }
}

function facts(node) {
  const parts = [node.label, node.year, node.label === 'Paper' ? counted(node.links, 'link') : counted(node.papers ?? 0, 'paper')]
  return parts.filter(Boolean).join(' · ')
}
