provider "aws" {
  region = "eu-west-1"
}


module "key" {
  source       = "./key"
  for_each     = toset(["eu"])
  multi_region = true
}
