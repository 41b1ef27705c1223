provider "aws" {
  region = "eu-west-1"
}

module "keys" {
  source   = "./keys"
  for_each = toset(["eu"])
}
