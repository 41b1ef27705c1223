provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "keys" {
  source = "./keys"
}

resource "aws_sqs_queue" "orders" {
  provider          = aws.frankfurt
  name              = "orders"
  kms_master_key_id = module.keys.arn
}
