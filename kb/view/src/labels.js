// Names on the map: with a halo of the ground's colour, so that they read over lines; cut where they are long.

const LONGEST = 34

const cut = text => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text)

export function drawLabel(context, data, settings, ink) {
  if (!data.label) return
  const size = data.highlighted || data.forceLabel ? settings.labelSize + 1 : Math.min(settings.labelSize + 1, 9.5 + data.size / 4)
  context.font = `${data.highlighted ? 600 : 500} ${size}px ${settings.labelFont}`
  context.lineJoin = 'round'
  context.lineWidth = 3.5
  context.strokeStyle = ink.back
  context.fillStyle = ink.text
  const [x, y, text] = [data.x + data.size + 4, data.y + size / 3, data.highlighted ? data.label : cut(data.label)]
  context.strokeText(text, x, y)
  context.fillText(text, x, y)
}

export function drawHover(context, data, settings, ink) {
  context.beginPath()
  context.arc(data.x, data.y, data.size + 3.5, 0, Math.PI * 2)
  context.lineWidth = 2
  context.strokeStyle = ink.accent
  context.stroke()
  drawLabel(context, { ...data, highlighted: true, x: data.x + 3 }, settings, ink)
}
