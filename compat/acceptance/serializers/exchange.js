// Bytes of the npm packages for our serializers, and ours for them: node exchange.js URL DESCRIPTORS write|read FILE
// A line is format, topic, header ("-" without one) and payload in hexadecimal digits, as in Exchange.java.
const assert = require('node:assert')
const fs = require('node:fs')
const { createRequire } = require('node:module')
const [url, descriptors, task, file] = process.argv.slice(2)
const schemaregistry = require('@confluentinc/schemaregistry')
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry')
const inside = createRequire(require.resolve('@confluentinc/schemaregistry'))
const { createFileRegistry, create, fromBinary, toBinary } = inside('@bufbuild/protobuf')
const { FileDescriptorSetSchema } = inside('@bufbuild/protobuf/wkt')
const { SchemaRegistryClient, SerdeType, HeaderSchemaIdSerializer } = schemaregistry
const client = () => new SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100, cacheLatestTtlSecs: 1 })
const run = Date.now().toString(36)
const types = createFileRegistry(fromBinary(FileDescriptorSetSchema, fs.readFileSync(descriptors)))
const person = JSON.stringify({ type: 'record', name: 'Person', namespace: 'y', fields: [{ name: 'name', type: 'string' }, { name: 'age', type: 'int' }] })
const jsonSchema = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Person', type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name'] })
const hex = bytes => Buffer.from(bytes).toString('hex')

function order() {
  const message = name => types.getMessage('shop.proto.' + name)
  return create(message('Order'), {
    id: 'o1', state: 1, labels: { a: 1n }, codes: [-3], way: { case: 'post', value: 'here' },
    lines: [{ article: 'rad', count: 4 }], placed: { seconds: 5n }, total: { currency: 'EUR', cents: -250n } })
}

async function write() {
  const lines = []
  const info = { avro: { schema: person, schemaType: 'AVRO' }, json: { schema: jsonSchema, schemaType: 'JSON' } }
  for (const form of ['classic', 'header']) {
    const conf = form === 'header' ? { schemaIdSerializer: HeaderSchemaIdSerializer } : {}
    const line = async (format, name, serializer, value) => {
      const headers = {}
      const topic = `${name}-${run}`
      const bytes = await serializer.serialize(topic, value, headers)
      lines.push([format, topic, headers['__value_schema_id'] ? hex(headers['__value_schema_id']) : '-', hex(bytes)].join(' '))
    }
    for (const format of ['avro', 'json']) await client().register(`confluent-${format}-${run}-value`, info[format])
    await line('avro', 'confluent-avro', new schemaregistry.AvroSerializer(client(), SerdeType.VALUE, { ...conf, useLatestVersion: true }), { name: 'ada', age: 36 })
    await line('json', 'confluent-json', new schemaregistry.JsonSerializer(client(), SerdeType.VALUE, { ...conf, useLatestVersion: true }), { name: 'bea', age: 7 })
    const protobuf = new schemaregistry.ProtobufSerializer(client(), SerdeType.VALUE, { ...conf, autoRegisterSchemas: true, registry: types })
    await line('protobuf', 'confluent-protobuf', protobuf, order())
    await line('inner', 'confluent-inner', protobuf, order().lines[0])
    await line('money', 'confluent-money', protobuf, order().total)
  }
  const kafkajs = new SchemaRegistry({ host: url })
  const old = async (format, type, schema, value) => {
    const topic = `kafkajs-${format}-${run}`
    const { id } = await kafkajs.register({ type, schema }, { subject: `${topic}-value` })
    lines.push([format, topic, '-', hex(await kafkajs.encode(id, value))].join(' '))
  }
  await old('avro', SchemaType.AVRO, person, { name: 'ada', age: 36 })
  await old('json', SchemaType.JSON, jsonSchema, { name: 'bea', age: 7 })
  // its Protobuf has no message indexes, so nobody but itself can read it
  fs.writeFileSync(file, lines.join('\n') + '\n')
}

async function read() {
  const judge = {
    avro: seen => { assert.equal(seen.name, 'ada'); assert.equal(seen.age, 36) },
    json: seen => { assert.equal(seen.name, 'bea'); assert.equal(seen.age, 7) },
    protobuf: seen => assert.deepEqual(toBinary(types.getMessage('shop.proto.Order'), fromBinary(types.getMessage('shop.proto.Order'), seen)), toBinary(types.getMessage('shop.proto.Order'), order())),
    inner: seen => assert.equal(hex(seen), hex(toBinary(types.getMessage('shop.proto.Order.Line'), order().lines[0]))),
    money: seen => assert.equal(hex(seen), hex(toBinary(types.getMessage('shop.proto.Money'), order().total))) }
  for (const line of fs.readFileSync(file, 'utf8').trim().split('\n')) {
    const [format, topic, header, payload] = line.split(' ')
    const bytes = Buffer.from(payload, 'hex')
    const headers = header === '-' ? undefined : { __value_schema_id: Buffer.from(header, 'hex') }
    const name = { avro: 'Avro', json: 'Json' }[format] || 'Protobuf'
    const deserializer = new schemaregistry[`${name}Deserializer`](client(), SerdeType.VALUE, {})
    const seen = await deserializer.deserialize(topic, bytes, headers)
    const messages = { protobuf: 'Order', inner: 'Order.Line', money: 'Money' }
    judge[format](messages[format] ? toBinary(types.getMessage(`shop.proto.${messages[format]}`), seen) : seen)
    let also = ''
    if (header === '-' && ['avro', 'json', 'money'].includes(format)) {
      const old = await new SchemaRegistry({ host: url }).decode(bytes)
      if (format === 'money') { assert.equal(old.currency, 'EUR'); assert.equal(Number(old.cents), -250) } else judge[format](old)
      also = ' and kafkajs'
    }
    console.log(`        read by confluentinc${also}: ${format}${header === '-' ? '' : ', header form'}, ${topic}`)
  }
}

(task === 'write' ? write() : read()).then(() => process.exit(0), e => { console.error(e); process.exit(1) })
