// Reads a topic with a kafkajs consumer group. Arguments: bootstrap, topic, group, number of records.
// Standard output: one line a record: partition, offset, key, value, separated by tabs.
const { Kafka, logLevel } = require('kafkajs')
const [bootstrap, topic, groupId, expected] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'acceptance', brokers: bootstrap.split(','), logLevel: logLevel.ERROR })
const consumer = kafka.consumer({ groupId })
let count = 0
let lines = []
const flush = () => new Promise(done => process.stdout.write(lines.splice(0).join(''), done))
const run = async () => {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        for (const m of batch.messages) {
          lines.push(`${batch.partition}\t${m.offset}\t${m.key}\t${m.value}\n`)
          resolveOffset(m.offset)
        }
        count += batch.messages.length
        if (lines.length > 5000) await flush()
        await heartbeat()
        if (count >= Number(expected)) resolve()
      },
    })
  })
  await flush()
  await consumer.disconnect()
}
run().then(() => process.exit(0), error => { console.error(error); process.exit(1) })
