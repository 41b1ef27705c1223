# What most of a plan is about: nothing that has to do with KMS. `cargo xtask bench` repeats it.

provider "aws" {
  region = "eu-west-1"
}

module "net_0" {
  source = "./modules/net"

  name  = "net_0"
  zones = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
}
