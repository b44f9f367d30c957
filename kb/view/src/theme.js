// Light or dark: what the reader chose, else what the system says.

import { $ } from './dom.js'

const KEY = 'kb-view-theme'
const system = matchMedia('(prefers-color-scheme: dark)')

/** Apply the theme, and call `changed` whenever it is another. */
export function theme(changed) {
  set(remembered())
  $('theme').addEventListener('click', () => {
    const next = dark() ? 'light' : 'dark'
    remember(next)
    set(next)
    changed()
  })
  system.addEventListener('change', () => { set(remembered()); changed() })
}

const dark = () => document.documentElement.dataset.theme === 'dark'

function set(name) {
  document.documentElement.dataset.theme = name ?? (system.matches ? 'dark' : 'light')
  $('theme').setAttribute('aria-pressed', String(dark()))
}

// A page opened from a file may have no storage.
function remembered() {
  try { return localStorage.getItem(KEY) } catch { return null }
}

function remember(name) {
  try { localStorage.setItem(KEY, name) } catch { /* the choice lasts as long as the page */ }
}

/** The colours that the map draws with, from the style sheet. */
export function ink() {
  const style = getComputedStyle(document.documentElement)
  const of = name => style.getPropertyValue(name).trim()
  return { text: of('--ink'), back: of('--ground'), line: of('--edge'), soft: of('--edge-soft'), faint: of('--edge-faint'), strong: of('--edge-strong'), accent: of('--accent'), grey: of('--grey') }
}

const parts = colour => [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16))

/** A colour moved towards another: 0 is the one, 1 the other; both #rrggbb. */
export function mix(one, other, share) {
  const [a, b] = [parts(one), parts(other)]
  return '#' + a.map((value, i) => Math.round(value + (b[i] - value) * share).toString(16).padStart(2, '0')).join('')
}
