// Reads rows {source} or {bytes} (hex) as JSON from stdin; gives for each what V8 makes of it.
// Objects are described by their structure, so that both sides can compare them.
import v8 from 'node:v8'

const serialize = value => {
  const made = new v8.Serializer()
  made.writeHeader()
  made.writeValue(value)
  return made.releaseBuffer().toString('hex')
}

const deserialize = hex => {
  const read = new v8.Deserializer(Buffer.from(hex, 'hex'))
  read.readHeader()
  return read.readValue()
}

// What `describe` of the Python test gives.
const describe = (value, seen = []) => {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (seen.includes(value)) return `#${seen.indexOf(value)}`
  seen.push(value)
  const inner = item => describe(item, seen)
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  const names = object => Object.keys(object).map(key => `${JSON.stringify(key)}:${inner(object[key])}`)
  if (value instanceof Map) return `Map[${[...value].map(pair => pair.map(inner).join('=>'))}]`
  if (value instanceof Set) return `Set[${[...value].map(inner)}]`
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) {
    const cause = 'cause' in value ? inner(value.cause) : ''
    return `${value.constructor.name}(${JSON.stringify(value.message)},${JSON.stringify(value.stack)},${cause})`
  }
  if (value instanceof ArrayBuffer) {
    return `ArrayBuffer(${Buffer.from(value).toString('hex')},${value.resizable ? value.maxByteLength : ''})`
  }
  if (ArrayBuffer.isView(value)) {
    return `${kind}(${inner(value.buffer)},${value.byteOffset},${value.byteLength})`
  }
  if (['Number', 'String', 'Boolean', 'BigInt'].includes(kind)) return `${kind}(${inner(value.valueOf())})`
  if (Array.isArray(value)) {
    const rest = Object.keys(value).filter(key => !/^[0-9]+$/.test(key))
    return `[${Array.from(value, inner)}|${rest.map(key => `${JSON.stringify(key)}:${inner(value[key])}`)}]`
  }
  return `{${names(value)}}`
}

let text = ''
for await (const chunk of process.stdin) text += chunk
const answers = JSON.parse(text).map(row => {
  const value = 'source' in row ? eval(`(${row.source})`) : deserialize(row.bytes)
  return { bytes: serialize(value), described: describe(value) }
})
console.log(JSON.stringify(answers))
