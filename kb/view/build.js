// Bundle src/ into bundle/: `make view-bundle`. What was bundled is written at the head, and a test compares it.

import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const here = new URL('./', import.meta.url)
const read = name => readFileSync(new URL(name, here))

/** What the bundle is made of, in one number: every source, this file and the lock file, in the order of their names. */
function sources() {
  const names = ['build.js', 'package-lock.json', 'package.json', ...readdirSync(new URL('src/', here)).map(name => `src/${name}`)]
  const hash = createHash('sha256')
  for (const name of names.sort()) hash.update(`${name}\0`).update(read(name)).update('\0')
  return hash.digest('hex')
}

/** The licences of the packages that are in the bundle. */
function licences(inputs) {
  const packages = [...new Set(inputs.map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean))].sort()
  return packages.map(name => {
    const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`))
    const file = readdirSync(new URL(`node_modules/${name}/`, here)).find(each => /^licen[cs]e/i.test(each))
    return `${name} ${version} (${license})\n\n${read(`node_modules/${name}/${file}`).toString().trim()}`
  })
}

const options = {
  absWorkingDir: here.pathname, bundle: true, minify: true, charset: 'utf8', target: ['es2022'], write: false, metafile: true, legalComments: 'none',
}
const script = await build({ ...options, entryPoints: ['src/main.js'], format: 'iife' })
const style = await build({ ...options, entryPoints: ['src/page.css'] })
const notice = licences(Object.keys(script.metafile.inputs)).join(`\n\n${'-'.repeat(80)}\n\n`)
const banner = `/*! kb view, made of ${sources()}\n\nIt holds these packages:\n\n${notice.replaceAll('*/', '* /')}\n*/\n`
writeFileSync(new URL('bundle/view.js', here), banner + script.outputFiles[0].text.replaceAll('</script', '<\\/script'))
writeFileSync(new URL('bundle/view.css', here), style.outputFiles[0].text)
