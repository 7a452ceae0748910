// The two npm packages that people use with a schema registry, unchanged: each registers, looks up, encodes and decodes.
// usage: node schemas.js URL       NODE_PATH must hold @kafkajs/confluent-schema-registry and @confluentinc/schemaregistry
const assert = require('node:assert')
const url = process.argv[2]
const run = Date.now().toString(36)
let failed = 0
async function check(name, work) {
  try { await work(); console.log(`ok      ${name}`) } catch (e) { failed++; console.log(`FAILED  ${name}: ${e && e.stack || e}`) }
}
const person = JSON.stringify({ type: 'record', name: 'Person', namespace: 'p', fields: [{ name: 'name', type: 'string' }, { name: 'age', type: 'int' }] })
const older = JSON.stringify({ type: 'record', name: 'Person', namespace: 'p', fields: [{ name: 'name', type: 'string' }] })
const jsonSchema = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Person', type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name'] })
const proto = 'syntax = "proto3";\npackage p;\nmessage Person {\n  string name = 1;\n  int32 age = 2;\n}\n'

async function kafkajs() {
  const { SchemaRegistry, SchemaType, COMPATIBILITY } = require('@kafkajs/confluent-schema-registry')
  const registry = new SchemaRegistry({ host: url })
  const kinds = [['avro', SchemaType.AVRO, person], ['json', SchemaType.JSON, jsonSchema], ['protobuf', SchemaType.PROTOBUF, proto]]
  for (const [name, type, schema] of kinds) {
    await check(`kafkajs ${name}: register, encode, decode`, async () => {
      const subject = `kafkajs-${name}-${run}-value`
      const { id } = await registry.register({ type, schema }, { subject })
      const bytes = await registry.encode(id, { name: 'ada', age: 36 })
      assert.equal(bytes.readUInt8(0), 0); assert.equal(bytes.readInt32BE(1), id)
      const seen = await new SchemaRegistry({ host: url }).decode(bytes)
      assert.equal(seen.name, 'ada'); assert.equal(seen.age, 36)
      assert.equal(await registry.getRegistryId(subject, 1), id)
      assert.equal(await registry.getLatestSchemaId(subject), id)
      assert.equal((await registry.register({ type, schema }, { subject })).id, id)
    })
  }
  await check('kafkajs avro: look up by schema, compatibility', async () => {
    const subject = `kafkajs-other-${run}`
    await assert.rejects(registry.getLatestSchemaId(subject), /not found/)
    const { id } = await registry.register({ type: SchemaType.AVRO, schema: older }, { subject, compatibility: COMPATIBILITY.FULL })
    assert.equal(await registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema: older }), id)
    await assert.rejects(registry.register({ type: SchemaType.AVRO, schema: person }, { subject, compatibility: COMPATIBILITY.FULL }), /ncompatible/)
  })
}

async function confluent() {
  const { SchemaRegistryClient, SerdeType, AvroSerializer, AvroDeserializer, JsonSerializer, JsonDeserializer, Compatibility } = require('@confluentinc/schemaregistry')
  const client = () => new SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100, cacheLatestTtlSecs: 1 })
  await check('confluent: client calls', async () => {
    const at = client(); const subject = `confluent-calls-${run}`
    const id = await at.register(subject, { schema: older, schemaType: 'AVRO' })
    assert.equal(await at.getId(subject, { schema: older, schemaType: 'AVRO' }), id)
    assert.equal(await at.getVersion(subject, { schema: older, schemaType: 'AVRO' }), 1)
    assert.deepEqual(await at.getAllVersions(subject), [1])
    assert.ok((await at.getAllSubjects()).includes(subject))
    assert.equal((await at.getLatestSchemaMetadata(subject)).id, id)
    assert.equal((await at.getSchemaMetadata(subject, 1)).id, id)
    assert.equal((await at.getBySubjectAndId(subject, id)).schema, older)
    assert.equal(await at.testCompatibility(subject, 1, { schema: '"int"', schemaType: 'AVRO' }), false)
    assert.equal(await at.testSubjectCompatibility(subject, { schema: person, schemaType: 'AVRO' }), false)
    assert.equal(await at.updateCompatibility(subject, Compatibility.NONE), 'NONE')
    assert.equal(await at.getCompatibility(subject), 'NONE')
    assert.equal(await at.testCompatibility(subject, 1, { schema: '"int"', schemaType: 'AVRO' }), true)
    await at.updateDefaultConfig({ compatibilityLevel: 'BACKWARD' })
    assert.equal(await at.deleteSubjectVersion(subject, 1), 1)
    await assert.rejects(client().getLatestSchemaMetadata(subject))
    assert.ok(await at.register(subject, { schema: person, schemaType: 'AVRO' }) > 0)
    assert.deepEqual(await at.deleteSubject(subject), [2])
    assert.deepEqual(await at.deleteSubject(subject, true), [1, 2])
  })
  await check('confluent: metadata, rules, guid', async () => {
    const at = client(); const subject = `confluent-metadata-${run}`
    const schema = { schema: person, schemaType: 'AVRO', metadata: { properties: { owner: run } }, ruleSet: { domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'true' }] } }
    const full = await at.registerFullResponse(subject, schema)
    assert.ok(full.guid)
    assert.equal((await client().getByGuid(full.guid)).schema, person)
    const latest = await at.getLatestWithMetadata(subject, { owner: run })
    assert.equal(latest.id, full.id); assert.equal(latest.ruleSet.domainRules[0].name, 'r')
  })
  const serdes = [['avro', AvroSerializer, AvroDeserializer, { schema: person, schemaType: 'AVRO' }], ['json', JsonSerializer, JsonDeserializer, { schema: jsonSchema, schemaType: 'JSON' }]]
  for (const [name, Serializer, Deserializer, info] of serdes) {
    await check(`confluent ${name}: serializer and deserializer`, async () => {
      const at = client(); const topic = `confluent-${name}-${run}`
      await at.register(`${topic}-value`, info)
      const bytes = await new Serializer(at, SerdeType.VALUE, { useLatestVersion: true }).serialize(topic, { name: 'ada', age: 36 })
      const seen = await new Deserializer(client(), SerdeType.VALUE, {}).deserialize(topic, bytes)
      assert.equal(seen.name, 'ada'); assert.equal(seen.age, 36)
    })
  }
}

kafkajs().then(confluent).then(() => process.exit(failed ? 1 : 0))
