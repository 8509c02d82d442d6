<?php
// php submit.php ENDPOINT < reviews.ndjson - sends records, prints their answers
// (docs/INTAKE.md). Needs the extension zmq (package php-zmq).
$socket = new ZMQSocket(new ZMQContext(), ZMQ::SOCKET_DEALER);
$socket->setSockOpt(ZMQ::SOCKOPT_LINGER, 0);
$socket->setSockOpt(ZMQ::SOCKOPT_RCVTIMEO, 5000);
$socket->connect($argv[1]);
$lines = array_values(array_filter(array_map('trim', file('php://stdin')), 'strlen'));
for ($at = 0; $at < count($lines); $at += 100) {
    do {
        $socket->sendMulti([(string) $at, implode("\n", array_slice($lines, $at, 100))]);
        // Silence: send again. Records have ids, so nothing comes twice.
        $reply = $socket->recvMulti();
    } while (!$reply || $reply[0] !== (string) $at);
    echo $reply[1];
}
