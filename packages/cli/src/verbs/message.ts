/** `comity message`: what one party writes to others, sealed to them. */
import { collect, example, type Register } from '../registrar.ts'
import { disclose } from './message-disclose.ts'
import { key } from './message-key.ts'
import { link } from './message-link.ts'
import { list } from './message-list.ts'
import { read } from './message-read.ts'
import { send } from './message-send.ts'

export const registerMessage: Register = (program, { run }) => {
  const message = program
    .command('message')
    .summary('send and read sealed messages, with files and receipts')
    .description(
      'Sealed messages between parties: signed by their author, encrypted to those they are for, delivered from node to node with a signed receipt. Nothing of them stands in a log but one commitment an hour, which looks the same whether there were any or none.',
    )
    .addHelpText(
      'after',
      example('comity message send --to 3f2a9c… --subject "Request 7" --text "…"', 'comity message list'),
    )
  message
    .command('send')
    .summary('write to one or several parties')
    .description(
      'Signs a message, seals it to the parties it is for and gives it to your node, which brings it to theirs, again and again for fourteen days if need be. Files go in encrypted chunks and may have gigabytes. The text comes from --text, from --text-file, or from standard input.',
    )
    .option('--to <party>', 'whom it is for: a URN, its 64 digits, or an alias (repeatable)', collect)
    .option('--other <name>', 'to whom else, who has no node: see "comity message link"')
    .option('--subject <text>', 'what it is about')
    .option('--text <text>', 'the text')
    .option('--text-file <file>', 'the text, UTF-8; - is standard input')
    .option('--attach <file>', 'a file that goes with it (repeatable)', collect)
    .option('--answer <id>', 'the message that this one answers: it goes to all who took part')
    .option('--key <file>', 'sign with this key file')
    .option('--wait <seconds>', 'how long to wait for the receipts', '10')
    .addHelpText(
      'after',
      example(
        'comity message send --to 3f2a9c… --text-file letter.txt --attach records.zip',
        'comity message send --answer 5e1f0a22 --text "Received, thank you."',
      ),
    )
    .action(run(send))
  message
    .command('list')
    .summary('list messages, newest first')
    .description('Lists what your party has sent and received, newest first, and how far it has come.')
    .option('--limit <n>', 'how many', '20')
    .option('--correspondence <id>', 'of this correspondence alone')
    .addHelpText('after', example('comity message list --limit 50'))
    .action(run(list))
  message
    .command('read <id>')
    .summary('show a message; save its files')
    .description(
      'Shows a message. With --save it writes its files, each compared with what its author signed, the message as it was signed, and its receipts.',
    )
    .option('--save <dir>', 'write files, message and receipts there')
    .option('--force', 'replace files that are there')
    .addHelpText('after', example('comity message read 5e1f0a22 --save received'))
    .action(run(read))
  message
    .command('disclose <id>')
    .summary('write a file that proves one message to others')
    .description(
      'Writes what proves a message to whoever you show it to: the message as it was signed, the commitment of your node in its hour, and the receipts. It shows nothing of any other message. There is one from the next full hour on.',
    )
    .option('--out <file>', 'where to write it')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', example('comity message disclose 5e1f0a22', 'comity verify message-5e1f0a22.comity.json'))
    .action(run(disclose))
  message
    .command('link <id>')
    .summary('put a message behind a link, or into a PDF')
    .description(
      'For somebody without a node: a link that decrypts the message in the browser, or with --pdf an encrypted PDF that holds its files and proofs. Who opens a link gives a receipt. Tell the link, or the passphrase of the PDF, by another way than you send it.',
    )
    .option('--days <n>', 'how long the link opens', '14')
    .option('--pdf <file>', 'write a PDF in place of a link')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      example('comity message link 5e1f0a22 --days 3', 'comity message link 5e1f0a22 --pdf message.pdf'),
    )
    .action(run(link))
  message
    .command('key')
    .summary('make the key that messages to you are sealed to')
    .description(
      'Makes a new seal key, gives it to your node, and names it in your party statement on the word of your recovery keys. For a party that has none, or wants another: what is sealed to the old one is still opened for thirty days.',
    )
    .requiredOption('--recovery-file <file>', 'a file with a recovery key (repeatable)', collect)
    .addHelpText('after', example('comity message key --recovery-file agency-recovery.json'))
    .action(run(key))
}
