/** `comity party`: show, list, create, and change the keys of a party. */
import { contactFunctions, partyTypes } from '@comity/statement'
import { Option } from 'commander'
import { withPartyOptions } from '../party-draft.ts'
import { collect, example, type Register } from '../registrar.ts'
import { compromise, recover, rotate } from './party-change.ts'
import { create } from './party-create.ts'
import { approver, join } from './party-join.ts'
import { listContacts, listParties } from './party-lists.ts'
import { move } from './party-move.ts'
import { show } from './party-show.ts'
import { update } from './party-update.ts'

/** A person is in no directory. */
const typesWithOffices = partyTypes.filter((type) => type !== 'person')

export const registerParty: Register = (program, { run }) => {
  const party = program
    .command('party')
    .summary('show, create and change parties')
    .description('Parties: who they are, their keys, and how these change.')
    .addHelpText('after', example('comity party show acme'))
  party
    .command('show [party]')
    .summary('who a party is: names, offices, keys, home, endorsements')
    .description('Shows a party as its log has it: by alias, URN or its 64 hexadecimal digits.')
    .addHelpText('after', example('comity party show acme'))
    .action(run(show))
  party
    .command('list')
    .summary('list the parties of a log')
    .description('Lists the parties of a log, in the order in which they were founded.')
    .option('--type <type>', 'only of this type')
    .option('--name <text>', 'only with this in a name')
    .addHelpText('after', example('comity party list --type provider'))
    .action(run(listParties))
  party
    .command('contacts')
    .summary('the directory of contacts: whom to reach, when, in which language')
    .description(
      'Lists the offices of parties as they state them where they are at home, in the log of the node and in those that it follows: what each is for, its addresses, hours, languages, and the key to write to it sealed or with which it signs. No person is in it.',
    )
    .addOption(new Option('--function <function>', 'only offices for this').choices(contactFunctions))
    .option('--state <XX>', 'only of parties of this State, two letters')
    .addOption(new Option('--type <type>', 'only of parties of this type').choices(typesWithOffices))
    .option('--language <tag>', 'only those that answer in it: fr, fr-CH')
    .addHelpText('after', example('comity party contacts --function judicial --state XA'))
    .action(run(listContacts))
  withPartyOptions(party.command('create <alias>'), 'provider')
    .summary('found a party of your own, hosted at a node')
    .description(
      'Makes keys, signs the first statement and registers it at a node that hosts the party. The alias names it in your home; the keys never leave it.',
    )
    .addHelpText(
      'after',
      `\nFour eyes: with --threshold advisory=2 an advisory waits until a second key has
approved it. Each approver makes a key of their own with "comity party approver"
and sends you its public part for --approver-key; they join with "comity party
join", see what waits with "comity approve --list", and approve it.\n${example(
        'comity party create acme --name "Acme Gateways" --type provider',
        'comity party create a --name A --approver-key b.json --threshold advisory=2',
      )}`,
    )
    .action(run(create))
  party
    .command('approver <alias>')
    .summary('make your approval key for a party that another founds')
    .description(
      'Makes an approval key in your home and writes its public part to a file, for whoever founds the party ("comity party create --approver-key"). The key itself never leaves you: nobody else can approve with it.',
    )
    .option('--out <file>', 'where to write the public part (ALIAS.approver.json)')
    .option('--force', 'replace that file if it exists')
    .option('--insecure-no-passphrase', 'leave the key unencrypted')
    .addHelpText('after', example('comity party approver acme'))
    .action(run(approver))
  party
    .command('join <alias>')
    .summary('enter a party that another founded, with your own key')
    .description(
      'Enters an existing party into your home, to sign or approve for it with a key of your own: that of "comity party approver", or a key file that was handed to you. What the node says of the party is checked against its name.',
    )
    .option('--party <party>', 'its URN or 64 hexadecimal digits (else as in the key file)')
    .option('--key <file>', 'a key file that was handed to you')
    .option('--new-passphrase-file <file>', 'your own passphrase for it ($COMITY_NEW_PASSPHRASE)')
    .option('--insecure-no-passphrase', 'keep a key that was handed to you unencrypted')
    .addHelpText(
      'after',
      example(
        'comity party join acme --party 3f2a9c1d… --node https://log.example.org',
        'comity party join acme --key approve-1.json --node https://log.example.org',
      ),
    )
    .action(run(join))
  party
    .command('update')
    .summary('change names, contacts, domains or thresholds')
    .description(
      'Changes what a party says about itself. What is given replaces what there was of its sort; everything else stays. An office has its address and, behind commas, url=, email=, phone=, hours=, languages=en,fr and key=: seal, sign, or how a thumbprint of the party begins. Where the party asks for several keys for a party statement, it is written to a file: the others approve that, then it is submitted.',
    )
    .option('--name <name>', 'its names; other languages as fr=Nom (repeatable)', collect)
    .option(
      '--contact <function=address>',
      'its offices: security=psirt@acme.example (repeatable); hours, languages and key behind commas',
      collect,
    )
    .option('--no-contacts', 'it has no offices to reach any more')
    .option('--domain <name>', 'its domains (repeatable)', collect)
    .option('--no-domains', 'it has no domains any more')
    .option('--threshold <kind=n>', 'how many keys this kind takes from now on (repeatable)', collect)
    .option('--approve-with <file>', "an approver's key file at hand (repeatable)", collect)
    .option('--key <file>', "sign with this key file in place of the party's own")
    .option('--out <file>', 'the file to be approved, if it comes to that (ALIAS-update.cbor)')
    .option('--force', 'replace that file if it exists')
    .addHelpText(
      'after',
      example(
        'comity party update --as acme --contact security=psirt@acme.example',
        "comity party update --contact 'technical=soc@a.example,hours=24/7,key=seal'",
        'comity party update --as acme --name Acme --name "fr=Acmé" --no-domains',
      ),
    )
    .action(run(update))
  party
    .command('move')
    .summary('take your party to another log, its home from now on')
    .description(
      'Moves a hosted party to another node, its own keys with it: asks that node whether it takes the party, states the new home in the old log, copies its party statements to the new one, and continues there with the proof. What it stated before stays where it is, and counts. Interrupted anywhere, the same command goes on.',
    )
    .requiredOption('--to <node>', 'the new node: its address, or a party of this home that is there')
    .option('--to-token-file <file>', 'the token for the new node, from its keeper')
    .option('--check', 'ask only whether it would be taken, and file nothing')
    .option('--unfollowed', 'go though the new node does not follow the old log')
    .option('--approve-with <file>', "an approver's key file at hand (repeatable)", collect)
    .option('--key <file>', "sign with this key file in place of the party's own")
    .option('--out <file>', 'the file to be approved, if it comes to that (ALIAS-move.cbor)')
    .option('--force', 'replace that file if it exists')
    .addHelpText(
      'after',
      example(
        'comity party move --to https://log.example.org --to-token-file acme.token',
        'comity party move --as acme --to keeper --check',
      ),
    )
    .action(run(move))
  party
    .command('rotate')
    .summary('replace the signing keys by those committed to')
    .description(
      'Replaces the signing keys by the next ones, which the party committed to when it was founded and which lie in its recovery file. A new recovery file is written.',
    )
    .requiredOption('--recovery-file <file>', 'the file with the next keys')
    .option('--approve-with <file>', "an approver's key file at hand (repeatable)", collect)
    .option('--insecure-no-passphrase', 'leave the new files unencrypted')
    .addHelpText('after', example('comity party rotate --as acme --recovery-file acme-recovery.json'))
    .action(run(rotate))
  party
    .command('recover')
    .summary('replace lost or stolen keys with the recovery keys')
    .description(
      'Replaces the keys of people by new ones, on the word of the recovery keys. Give as many recovery files as the party demands. Approvers who made their own keys keep them, unless others are named.',
    )
    .requiredOption('--recovery-file <file>', 'a file with a recovery key (repeatable)', collect)
    .option('--approver-key <file>', 'approvers in place of those before (repeatable)', collect)
    .option('--insecure-no-passphrase', 'leave the new files unencrypted')
    .addHelpText('after', example('comity party recover --as acme --recovery-file a.json --recovery-file b.json'))
    .action(run(recover))
  party
    .command('compromise [kid]')
    .summary('declare that a key was in other hands since a time')
    .description(
      'Says that a key (the signing key, or the one with this thumbprint) was in other hands since a time: it counts no more, and what it signed from then on is shown as contested. With a recovery file the next keys take over in the same statement.',
    )
    .requiredOption('--since <time>', 'since when: 2026-11-21 or 2026-11-21T12:00:00Z')
    .option('--recovery-file <file>', 'the file with the next keys')
    .option('--approve-with <file>', "an approver's key file at hand (repeatable)", collect)
    .option('--insecure-no-passphrase', 'leave the new files unencrypted')
    .addHelpText('after', example('comity party compromise --as acme --since 2026-11-20 --recovery-file r.json'))
    .action(run(compromise))
}
