// Names on the map: with a halo of the ground's colour, so that they read over lines; cut where they are long, and left
// out where another one stands.

const LONGEST = 28
const PAD = 2

const cut = text => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text)

/** A writer of names for one frame after the other: `{begin, label, hover}`. `ink()` gives the colours. */
export function writer(ink) {
  let taken = []
  return {
    /** Forget the last frame. */
    begin() { taken = [] },
    /** Write a node's name if there is room. */
    label(context, data, settings) {
      if (!data.label) return
      const name = laid(context, data, settings)
      if (taken.some(box => name.left < box.right && name.right > box.left && name.top < box.bottom && name.bottom > box.top)) return
      taken.push(name)
      write(context, name, ink())
    },
    /** Ring a node, and write its whole name over everything. */
    hover(context, data, settings) {
      context.beginPath()
      context.arc(data.x, data.y, data.size + 3.5, 0, Math.PI * 2)
      context.lineWidth = 2
      context.strokeStyle = ink().accent
      context.stroke()
      if (data.label) write(context, laid(context, { ...data, highlighted: true }, settings), ink())
    },
    /** Keep the room of a name that `hover` will write. */
    reserve(context, data, settings) {
      if (data.label) taken.push(laid(context, { ...data, highlighted: true }, settings))
    },
  }
}

/** A name with its font and the box it fills, beside its node. */
function laid(context, data, settings) {
  const size = data.highlighted || data.forceLabel ? settings.labelSize + 1 : Math.min(settings.labelSize + 1, 9.5 + data.size / 4)
  const font = `${data.highlighted ? 600 : 500} ${size}px ${settings.labelFont}`
  context.font = font
  const text = data.highlighted ? data.label : cut(data.label)
  const width = context.measureText(text).width
  const gap = data.size + (data.highlighted ? 7 : 4)
  const x = data.left ? data.x - gap - width : data.x + gap
  const y = data.y + size / 3
  return { text, font, x, y, left: x - PAD, right: x + width + PAD, top: y - size, bottom: y + PAD }
}

function write(context, { text, font, x, y }, ink) {
  context.font = font
  context.lineJoin = 'round'
  context.lineWidth = 3.5
  context.strokeStyle = ink.back
  context.fillStyle = ink.text
  context.strokeText(text, x, y)
  context.fillText(text, x, y)
}
