# make demo: installs what is missing, builds, and recognises sample clips with the bundled model.
# make test: installs what is missing, builds, and runs all tests.
# make benchmark: time and peak memory of full-size models on this machine.
.PHONY: demo test benchmark setup build lint format clean

# A toolchain that the set-up script fetched is used when there is no other.
export PATH := $(PATH):$(CURDIR)/.deps/swift/usr/bin

demo: build
	@scripts/demo.sh

test: setup
	swift build --build-tests
	swift test --skip-build

benchmark: setup
	cd Benchmarks && swift run -c release verb-benchmarks models

setup:
	@scripts/setup.sh

build: setup
	swift build -c release --product verb

lint:
	@scripts/lint.sh

format:
	swift format --in-place --parallel --recursive Sources Tests Benchmarks/Sources Package.swift Benchmarks/Package.swift

clean:
	rm -rf .build Benchmarks/.build
