// Where the page gets its graph: from itself, or piece by piece from `kb view --serve`.

/** The payload in the page: JSON, or gzip in base64 where that is much smaller. */
export async function embedded() {
  const element = document.getElementById('data')
  if (element.type === 'application/json') return JSON.parse(element.textContent)
  if (typeof DecompressionStream === 'undefined') throw new Error('This page needs a browser of 2023 or newer.')
  const bytes = Uint8Array.from(atob(element.textContent.trim()), char => char.charCodeAt(0))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json()
}

/** A piece of the graph from the server: `ask('community', {id: 3})`. */
export async function ask(what, params) {
  const gone = () => { throw new Error('The server does not answer: is kb view --serve still running?') }
  const answer = await fetch(`api/${what}?${new URLSearchParams(params)}`).catch(gone)
  if (!answer.ok) throw new Error(answer.status === 404 ? 'That is not in this knowledge base.' : (await answer.json()).error)
  return answer.json()
}
