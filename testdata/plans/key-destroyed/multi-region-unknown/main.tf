provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "regions" {
  input = 2
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = terraform_data.regions.output > 1
}
