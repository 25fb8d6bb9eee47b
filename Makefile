# Verbs only; what is built, and how, stands in CMakeLists.txt and CMakePresets.json.
PRESET ?= release
PREFIX ?= /usr/local
.DEFAULT_GOAL := build
.PHONY: packages build brief test asan tsan clang fuzz cov bench format lint install clean

packages:        ; @tools/install-packages
build: packages  ; @tools/build $(PRESET)
brief: build     ; @./autarky brief BLR --html belarus.html
test: packages   ; @tools/run-tests
asan: packages   ; @tools/build asan && tools/suite asan
tsan: packages   ; @tools/build tsan && tools/suite tsan
clang: packages  ; @tools/build clang && tools/suite clang
cov: packages    ; @tools/build cov && tools/suite cov && tools/coverage
fuzz: packages   ; @tools/run-fuzz
bench: packages  ; @tools/run-bench
format: packages ; @tools/format
lint: packages   ; @tools/lint
install: build   ; @cmake --install build/$(PRESET) --prefix $(PREFIX)
clean:           ; @rm -rf build autarky
