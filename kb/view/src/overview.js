// The communities as one disc each, for graphs that are too large to draw whole.

const short = name => name.split(', ').slice(0, 2).join(', ')

/** Rows for graphology and the box around them. `overview` is `{communities, links}` of the payload. */
export function overview({ communities, links }) {
  const most = Math.max(1, ...communities.map(each => each.papers))
  const named = [...communities].sort((a, b) => b.papers - a.papers).slice(0, 30).at(-1)?.papers ?? 0
  const nodes = communities.map((each, i) => [i, {
    x: each.x, y: each.y, label: short(each.name), size: 3 + 20 * Math.sqrt(each.papers / most), type: 'circle', forceLabel: each.papers >= named,
  }])
  const heaviest = Math.max(1e-9, ...links.map(link => link[2]))
  const edges = links.map(([a, b, weight], i) => [i, a, b, { size: 0.6 + 7 * (weight / heaviest), type: 'line' }])
  const box = axis => {
    const values = communities.map(each => each[axis])
    const [low, high] = [Math.min(...values), Math.max(...values)]
    return high > low ? [low, high] : [low - 1, high + 1]
  }
  return { nodes, edges, bounds: { x: box('x'), y: box('y') } }
}
