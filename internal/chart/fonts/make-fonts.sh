#!/bin/sh
# Makes the two fonts of this folder from Noto Sans SC: the characters of
# charset.txt, no hinting, no layout features. Needs npm and pyftsubset
# (fonttools 4.38; other versions may order the tables differently).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --prefix "$work" --no-save --ignore-scripts --silent @expo-google-fonts/noto-sans-sc@0.4.3
source="$work/node_modules/@expo-google-fonts/noto-sans-sc"
sha256sum --check --quiet <<SUMS
d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16  $source/400Regular/NotoSansSC_400Regular.ttf
9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96  $source/700Bold/NotoSansSC_700Bold.ttf
SUMS

subset() {
	pyftsubset "$source/$1" --text-file=charset.txt --output-file="$2" \
		--layout-features='' --no-hinting --notdef-outline --name-IDs='*' \
		--drop-tables+=GSUB,GPOS,STAT,vhea,vmtx,gasp
}
subset 400Regular/NotoSansSC_400Regular.ttf NotoSansSC-Regular.ttf
subset 700Bold/NotoSansSC_700Bold.ttf NotoSansSC-Bold.ttf
cp "$source/LICENSE_FONT" LICENSE
