provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "payload" {
  input = "AQICAHgTWpPvpzSQBjVaNyaSCcBnN0wRYy4y"
}

data "aws_kms_secrets" "database" {
  secret {
    name    = "password"
    payload = terraform_data.payload.output
  }
}
