#!/bin/sh
# The certificate of test/probe/tls.test.ts: for tests only, its key is public.
cd "$(dirname "$0")" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -keyout key.pem -out cert.pem \
  -subj /CN=pads.example -addext 'subjectAltName=DNS:pads.example,IP:127.0.0.1'
