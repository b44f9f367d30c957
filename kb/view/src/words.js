// How the page says what an edge says: as a verb, and as the heading of a list seen from either end.

export const edgeWords = {
  INTRODUCES: { verb: 'introduces', out: 'Introduces', in: 'Introduced by' },
  EXTENDS: { verb: 'extends', out: 'Extends', in: 'Extended by' },
  COMPARES_WITH: { verb: 'compares with', out: 'Compares with', in: 'Compared with by' },
  USES: { verb: 'uses', out: 'Uses', in: 'Used by' },
  EVALUATES_ON: { verb: 'evaluates on', out: 'Evaluates on', in: 'Evaluated on by' },
  ADDRESSES: { verb: 'addresses', out: 'Addresses', in: 'Addressed by' },
  REPORTS: { verb: 'reports', out: 'Reports', in: 'Reported by' },
  MENTIONS: { verb: 'mentions', out: 'Mentions', in: 'Mentioned by' },
  CITES: { verb: 'cites', out: 'Cites', in: 'Cited by' },
  SHARES: { verb: 'shares entities with', out: 'Shares entities with', in: 'Shares entities with' },
  USED_WITH: { verb: 'is named with', out: 'Named together with', in: 'Named together with' },
  WROTE: { verb: 'wrote', out: 'Wrote', in: 'Written by' },
}

/** The words of an edge type, also of one that is not in the list. */
export function words(type) {
  const plain = type.toLowerCase().replaceAll('_', ' ')
  return edgeWords[type] ?? { verb: plain, out: plain, in: plain }
}

/** `METHODS`, `Datasets`, ... of a label. */
export const many = label => `${label}s`
