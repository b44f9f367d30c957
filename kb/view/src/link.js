// The address of what is shown: everything that differs from the page as it opens stands behind the #.

const number = text => (text === '' || !Number.isFinite(Number(text)) ? null : Number(text))

/** The state as the text behind the #. `camera` is `{x, y, ratio}` or null. */
export function write(model, state, start, camera) {
  const parts = new URLSearchParams()
  const id = i => model.nodes[i].id
  if (state.node !== null) parts.set('node', id(state.node))
  if (state.pair) { parts.set('a', id(state.pair[0])); parts.set('b', id(state.pair[1])) }
  for (const name of ['open', 'community', 'hops', 'view', 'by']) {
    if (state[name] !== start[name] && state[name] !== 'here') parts.set(name, state[name] ?? '')
  }
  if (String(state.off) !== String(start.off)) parts.set('off', state.off.join(','))
  if (state.years) parts.set('years', state.years.join('-'))
  if (String(state.papers) !== String(start.papers)) {
    parts.set('papers', state.papers.map(each => (each === Infinity ? '' : each)).join('-'))
  }
  if (state.chance) parts.set('chance', 'no')
  if (camera) parts.set('camera', [camera.x, camera.y, camera.ratio].map(each => each.toFixed(4)).join(','))
  return parts.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')
}

/** What the text behind the # says: `{state, camera, missing, pair}`, missing being an id that is not loaded; what it does not understand is as the page opens. */
export function read(model, text, start) {
  const parts = new URLSearchParams(text)
  const at = name => (parts.has(name) ? model.byId.get(parts.get(name)) ?? null : null)
  const pair = [at('a'), at('b')]
  const state = {
    ...start, node: at('node'), pair: pair.includes(null) ? null : pair,
    open: whole(parts, 'open', start.open), community: whole(parts, 'community', start.community),
    hops: [0, 1, 2].includes(number(parts.get('hops') ?? '')) ? number(parts.get('hops')) : 0,
    view: ['map', 'list'].includes(parts.get('view')) ? parts.get('view') : start.view, by: ['community', 'kind'].includes(parts.get('by')) ? parts.get('by') : start.by,
    off: parts.has('off') ? parts.get('off').split(',').filter(Boolean) : start.off,
    years: range(parts.get('years')), papers: papers(parts.get('papers')) ?? start.papers,
    chance: parts.get('chance') === 'no',
  }
  const wanted = parts.get('node') ?? parts.get('a')
  const missing = wanted !== null && state.node === null && !state.pair ? wanted : null
  const ids = parts.has('a') && parts.has('b') ? { a: parts.get('a'), b: parts.get('b') } : null
  return { state, camera: camera(parts.get('camera')), missing, pair: ids }
}

function whole(parts, name, start) {
  return parts.has(name) ? number(parts.get(name)) : start
}

function range(text) {
  const found = /^(\d{1,4})-(\d{1,4})$/.exec(text ?? '')
  return found && found.slice(1).map(Number)
}

function papers(text) {
  const found = /^(\d+)-(\d*)$/.exec(text ?? '')
  return found && [Number(found[1]), found[2] === '' ? Infinity : Number(found[2])]
}

function camera(text) {
  const found = (text ?? '').split(',').map(Number)
  return found.length === 3 && found.every(Number.isFinite) && found[2] > 0
    ? { x: found[0], y: found[1], ratio: found[2] } : null
}
